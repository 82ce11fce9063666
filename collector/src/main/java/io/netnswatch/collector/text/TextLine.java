package io.netnswatch.collector.text;

/**
 * A line without what mail, terminals and loggers put around it.
 *
 * @param number from 1
 * @param text what is left
 * @param stamp what its prefix said
 * @param kernel whether it may be the kernel's: false where a logger names another program
 */
public record TextLine(int number, String text, LogStamp stamp, boolean kernel) {

  /** A part of it. */
  TextLine withText(String part) {
    return new TextLine(number, part, stamp, kernel);
  }

  /** The text without the blanks around it. */
  String stripped() {
    return text.strip();
  }
}
