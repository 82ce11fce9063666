package io.netnswatch.collector.text;

/** Reads one format, line by line, in bounded memory. */
interface TextParser {

  /** Whether the line begins something this one reads; then it is taken. */
  boolean begins(TextLine line);

  /** Whether the line goes on with it; then it is taken. */
  boolean goesOn(TextLine line);

  /** Nothing more of it comes. */
  void end();
}
