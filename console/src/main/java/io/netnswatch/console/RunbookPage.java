package io.netnswatch.console;

import io.netnswatch.detection.signature.Signatures;
import io.netnswatch.schema.Incident;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Heading;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;

/** A shipped page of {@code runbooks/} as HTML, to stand inside another page. */
final class RunbookPage {

  private static final Pattern PAGE = Pattern.compile("(?:.*/)?([A-Za-z0-9-]+)\\.md(?:#.*)?");

  private static final List<Extension> EXTENSIONS = List.of(TablesExtension.create());
  private static final Parser PARSER = Parser.builder().extensions(EXTENSIONS).build();
  private static final HtmlRenderer RENDERER =
      HtmlRenderer.builder()
          .extensions(EXTENSIONS)
          .escapeHtml(true)
          .sanitizeUrls(true)
          .attributeProviderFactory(context -> RunbookPage::setAttributes)
          .build();

  private RunbookPage() {}

  /** Name of the shipped page that an incident points to; empty if it points elsewhere. */
  static Optional<String> nameFor(Incident incident) {
    Matcher page = PAGE.matcher(incident.getRunbookUrl());
    return page.matches() && PageAssets.exists(path(page.group(1)))
        ? Optional.of(page.group(1))
        : Optional.empty();
  }

  /** Its text, without its title. */
  static String html(String name) {
    Node document = PARSER.parse(PageAssets.text(path(name)));
    document.accept(new Embedding());
    return RENDERER.render(document);
  }

  /** Its text in an element that shows nothing until a script takes it. */
  static String template(String name) {
    return "<template id=\"runbook-" + name + "\">\n" + html(name) + "</template>\n";
  }

  /** Names of the shipped pages. */
  static List<String> names() {
    return Signatures.shipped().stream()
        .map(it -> PAGE.matcher(it.runbook()))
        .filter(Matcher::matches)
        .map(it -> it.group(1))
        .distinct()
        .sorted()
        .toList();
  }

  private static String path(String name) {
    return "/io/netnswatch/runbooks/" + name + ".md";
  }

  private static void setAttributes(Node node, String tag, Map<String, String> attributes) {
    if (node instanceof Link) {
      attributes.put("rel", "noreferrer");
      attributes.put("target", "_blank");
    }
  }

  /** Makes a page a section: no title, headings one level down, no links but to the open web. */
  private static final class Embedding extends AbstractVisitor {

    @Override
    public void visit(Heading heading) {
      if (heading.getLevel() == 1) {
        heading.unlink();
        return;
      }
      heading.setLevel(Math.min(6, heading.getLevel() + 1));
      visitChildren(heading);
    }

    @Override
    public void visit(Link link) {
      if (!link.getDestination().startsWith("https://")) {
        for (Node child = link.getFirstChild(); child != null; child = link.getFirstChild()) {
          link.insertBefore(child);
        }
        link.unlink();
      }
    }
  }
}
