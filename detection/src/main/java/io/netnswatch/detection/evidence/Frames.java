package io.netnswatch.detection.evidence;

import java.util.List;

/**
 * Stacks and call paths as they are kept: whoever makes an event, its part of the store is small.
 */
final class Frames {

  /** Thirty-two frames of ordinary length; what is further out is left off. */
  private static final int MAX_CHARACTERS = 2_048;

  private Frames() {}

  /** The innermost frames, as many as are kept. */
  static List<String> kept(List<String> frames) {
    int characters = 0;
    for (int i = 0; i < frames.size(); i++) {
      characters += frames.get(i).length() + 1;
      if (characters > MAX_CHARACTERS) {
        return List.copyOf(frames.subList(0, i));
      }
    }
    return List.copyOf(frames);
  }
}
