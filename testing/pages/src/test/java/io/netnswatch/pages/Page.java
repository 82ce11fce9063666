package io.netnswatch.pages;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.Heading;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;

/**
 * A Markdown page of the repository.
 *
 * @param path relative to the checkout
 * @param headings in order, with their level
 * @param links where they and images lead, as written
 * @param blocks fenced ones, in order
 * @param codes spans of code within sentences
 */
record Page(
    String path, List<Title> headings, List<String> links, List<Block> blocks, List<String> codes) {

  private static final Parser PARSER =
      Parser.builder().extensions(List.of(TablesExtension.create())).build();

  /** A heading. */
  record Title(int level, String text) {}

  /**
   * A fenced block.
   *
   * @param language what stands behind the fence: sh for commands; sh service for one that goes on;
   *     sh elsewhere for commands that no test can run; console for commands after "# " and what
   *     they print
   */
  record Block(String language, String text) {

    /** The commands in it, without what they print. */
    String shell() {
      return switch (language) {
        case "sh", "sh service", "sh elsewhere" -> text;
        case "console" ->
            String.join(
                "\n",
                text.lines()
                    .filter(line -> line.startsWith("# "))
                    .map(line -> line.substring(2))
                    .toList());
        default -> "";
      };
    }
  }

  static Page read(String path) {
    List<Title> headings = new ArrayList<>();
    List<String> links = new ArrayList<>();
    List<Block> blocks = new ArrayList<>();
    List<String> codes = new ArrayList<>();
    PARSER
        .parse(Repository.text(path))
        .accept(
            new AbstractVisitor() {
              @Override
              public void visit(Heading heading) {
                headings.add(new Title(heading.getLevel(), words(heading)));
                visitChildren(heading);
              }

              @Override
              public void visit(Link link) {
                links.add(link.getDestination());
                visitChildren(link);
              }

              @Override
              public void visit(Image image) {
                links.add(image.getDestination());
                visitChildren(image);
              }

              @Override
              public void visit(FencedCodeBlock block) {
                blocks.add(new Block(block.getInfo(), block.getLiteral()));
              }

              @Override
              public void visit(Code code) {
                codes.add(code.getLiteral());
              }
            });
    return new Page(path, headings, links, blocks, codes);
  }

  /** The anchors of its headings, as GitHub makes them. */
  Set<String> anchors() {
    Set<String> anchors = new HashSet<>();
    for (Title heading : headings) {
      anchors.add(
          heading
              .text()
              .toLowerCase(Locale.ROOT)
              .replaceAll("[^\\p{L}\\p{N}\\- _]", "")
              .replace(' ', '-'));
    }
    return anchors;
  }

  private static String words(Node heading) {
    StringBuilder words = new StringBuilder();
    heading.accept(
        new AbstractVisitor() {
          @Override
          public void visit(Text text) {
            words.append(text.getLiteral());
          }

          @Override
          public void visit(Code code) {
            words.append(code.getLiteral());
          }
        });
    return words.toString();
  }
}
