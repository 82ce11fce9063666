package io.netnswatch.firedrills;

/**
 * Something bad that happens while telemetry comes in.
 *
 * @param name in kebab case; begins the names of its topics
 * @param what happens, in words
 * @param course of it; returns once all telemetry has been judged
 */
record Drill(String name, String what, Course course) {

  /** What is done, to what is sent. */
  interface Course {
    void take(Scene scene, Load load) throws Exception;
  }
}
