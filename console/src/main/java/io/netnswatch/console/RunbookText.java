package io.netnswatch.console;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.commonmark.ext.gfm.tables.TableBlock;
import org.commonmark.ext.gfm.tables.TableCell;
import org.commonmark.ext.gfm.tables.TableRow;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.BulletList;
import org.commonmark.node.Code;
import org.commonmark.node.CustomBlock;
import org.commonmark.node.CustomNode;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.HardLineBreak;
import org.commonmark.node.Heading;
import org.commonmark.node.Link;
import org.commonmark.node.ListItem;
import org.commonmark.node.Node;
import org.commonmark.node.OrderedList;
import org.commonmark.node.Paragraph;
import org.commonmark.node.SoftLineBreak;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;

/**
 * A runbook as plain text for a terminal: sentences wrapped, commands and screens as they are, to
 * be copied; a row of a table is an item, its columns separated by semicolons.
 */
final class RunbookText {

  private static final int WIDTH = 100;
  private static final String SCREEN = "    ";

  private static final Parser PARSER =
      Parser.builder().extensions(List.of(TablesExtension.create())).build();

  private RunbookText() {}

  /** Lines of at most 100 characters, screens and long commands excepted. */
  static String of(String markdown) {
    Blocks blocks = new Blocks();
    PARSER.parse(markdown).accept(blocks);
    return blocks.out.toString();
  }

  private static final class Blocks extends AbstractVisitor {

    private final StringBuilder out = new StringBuilder();
    private String first = "";
    private String indent = "";

    @Override
    public void visit(Heading heading) {
      String title = inline(heading);
      if (heading.getLevel() == 1) {
        out.append(title).append('\n').append("=".repeat(title.length())).append('\n');
      } else {
        out.append('\n').append(title.toUpperCase(Locale.ROOT)).append('\n');
      }
    }

    @Override
    public void visit(Paragraph paragraph) {
      if (!(paragraph.getParent() instanceof ListItem) || paragraph.getPrevious() != null) {
        out.append('\n');
      }
      wrap(inline(paragraph));
    }

    @Override
    public void visit(FencedCodeBlock screen) {
      out.append('\n');
      screen
          .getLiteral()
          .lines()
          .forEach(line -> out.append((indent + SCREEN + line).stripTrailing()).append('\n'));
    }

    @Override
    public void visit(BulletList list) {
      items(list, 0);
    }

    @Override
    public void visit(OrderedList list) {
      items(list, 1);
    }

    @Override
    public void visit(CustomBlock block) {
      if (block instanceof TableBlock) {
        out.append('\n');
        List<TableRow> rows = new ArrayList<>();
        block.accept(new Rows(rows));
        rows.forEach(
            row -> {
              first = indent + "- ";
              String before = indent;
              indent += "  ";
              wrap(String.join("; ", cells(row)));
              indent = before;
            });
      } else {
        visitChildren(block);
      }
    }

    /** Numbered from {@code number}, or with dashes where it is 0. */
    private void items(Node list, int number) {
      if (!(list.getParent() instanceof ListItem)) {
        out.append('\n');
      }
      int next = number;
      for (Node item = list.getFirstChild(); item != null; item = item.getNext()) {
        String mark = number == 0 ? "- " : next++ + ". ";
        String before = indent;
        first = indent + mark;
        indent += " ".repeat(mark.length());
        visitChildren(item);
        indent = before;
      }
    }

    private void wrap(String text) {
      StringBuilder line = new StringBuilder(first.isEmpty() ? indent : first);
      boolean empty = true;
      for (String word : text.split("\\s+", -1)) {
        if (!empty && line.length() + 1 + word.length() > WIDTH) {
          out.append(line).append('\n');
          line = new StringBuilder(indent);
          empty = true;
        }
        line.append(empty ? "" : " ").append(word);
        empty = false;
      }
      out.append(line).append('\n');
      first = "";
    }

    private static List<String> cells(TableRow row) {
      List<String> cells = new ArrayList<>();
      for (Node cell = row.getFirstChild(); cell != null; cell = cell.getNext()) {
        if (cell instanceof TableCell) {
          cells.add(inline(cell));
        }
      }
      return cells;
    }

    private static String inline(Node block) {
      Inline inline = new Inline();
      for (Node child = block.getFirstChild(); child != null; child = child.getNext()) {
        child.accept(inline);
      }
      return inline.text.toString();
    }
  }

  /** The rows of a table, its heading first. */
  private static final class Rows extends AbstractVisitor {

    private final List<TableRow> rows;

    Rows(List<TableRow> rows) {
      this.rows = rows;
    }

    @Override
    public void visit(CustomNode node) {
      if (node instanceof TableRow row) {
        rows.add(row);
      } else {
        visitChildren(node);
      }
    }
  }

  /** The words of a sentence; of a link to elsewhere also where it leads. */
  private static final class Inline extends AbstractVisitor {

    private final StringBuilder text = new StringBuilder();

    @Override
    public void visit(Text words) {
      text.append(words.getLiteral());
    }

    @Override
    public void visit(Code code) {
      text.append(code.getLiteral());
    }

    @Override
    public void visit(SoftLineBreak lineBreak) {
      text.append(' ');
    }

    @Override
    public void visit(HardLineBreak lineBreak) {
      text.append(' ');
    }

    @Override
    public void visit(Link link) {
      visitChildren(link);
      if (link.getDestination().startsWith("https://")) {
        text.append(" <").append(link.getDestination()).append('>');
      }
    }
  }
}
