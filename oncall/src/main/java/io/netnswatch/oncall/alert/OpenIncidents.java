package io.netnswatch.oncall.alert;

import io.netnswatch.schema.EventAction;
import io.netnswatch.schema.Incident;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The present state of all incidents, as their topic tells it. Thread-safe: one thread applies what
 * comes, others look.
 */
public final class OpenIncidents {

  /** Of so many that have ended the last step is kept: the text of their ends, and no more. */
  private static final int MAX_ENDED = 1_000;

  private final Map<String, Incident> open = new HashMap<>();
  private final Set<String> unknown = new HashSet<>();
  private final Map<String, Incident> ended =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Incident> eldest) {
          return size() > MAX_ENDED;
        }
      };

  /** What a record of the topic was to the bridge. */
  public enum Reading {
    /** It is the incident's present state now. */
    TAKEN,
    /** It comes from a replay: no bridge may page for it. */
    REPLAYED,
    /** It says nothing that can be used, e.g. its key is not the one in its value. */
    UNUSABLE
  }

  /** What is known of an incident. */
  public enum Standing {
    OPEN,
    /** It has ended, or the topic has it no more. */
    OVER,
    /** Its latest record can't be used: that proves nothing. */
    UNKNOWN
  }

  /**
   * A record of the topic. One that can't be used changes nothing: what was known before goes on to
   * hold.
   *
   * @param key the record's key
   */
  public synchronized Reading apply(String key, Incident step) {
    if (step.getReplayRunId() != null) {
      unreadable(key);
      return Reading.REPLAYED;
    }
    if (!key.equals(step.getIncidentKey())) {
      unreadable(key);
      return Reading.UNUSABLE;
    }
    remove(key);
    if (step.getEventAction() == EventAction.RESOLVE) {
      ended.put(key, step);
    } else {
      open.put(key, step);
    }
    return Reading.TAKEN;
  }

  /** A record that can't be read. */
  public synchronized void unreadable(String key) {
    if (!open.containsKey(key)) {
      unknown.add(key);
    }
  }

  /** A tombstone: the incident is no more. */
  public synchronized void remove(String key) {
    open.remove(key);
    ended.remove(key);
    unknown.remove(key);
  }

  /** Looks at the whole as it is at one moment: nothing changes meanwhile. */
  public synchronized <T> T atOnce(Function<OpenIncidents, T> look) {
    return look.apply(this);
  }

  /** How many incidents are open. */
  public synchronized int openCount() {
    return open.size();
  }

  /** The open incidents that one of these routes takes; by host. */
  public synchronized List<Incident> open(List<Route> routes) {
    return open.values().stream()
        .filter(incident -> routes.stream().anyMatch(route -> route.matches(incident)))
        .sorted(Alert.BY_HOST)
        .toList();
  }

  /** The open incidents; by host. */
  public synchronized List<Incident> all() {
    return open.values().stream().sorted(Alert.BY_HOST).toList();
  }

  /** The latest step that is known of an incident, which may be its end. */
  public synchronized Optional<Incident> latest(String key) {
    return Optional.ofNullable(open.getOrDefault(key, ended.get(key)));
  }

  /** What is known of an incident. */
  public synchronized Standing standing(String key) {
    if (open.containsKey(key)) {
      return Standing.OPEN;
    }
    return unknown.contains(key) ? Standing.UNKNOWN : Standing.OVER;
  }

  /** Last steps of those of these incidents that have ended and are still known. */
  synchronized List<Incident> ended(List<String> keys) {
    return keys.stream().map(ended::get).filter(Objects::nonNull).toList();
  }
}
