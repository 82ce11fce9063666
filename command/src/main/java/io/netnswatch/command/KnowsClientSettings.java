package io.netnswatch.command;

/** A command whose file may set more than Kafka's plain clients know. */
public interface KnowsClientSettings {

  /** Whether a setting of that name, without {@code kafka.} before it, has any effect. */
  boolean isClientSetting(String name);
}
