package io.netnswatch.simulator;

import io.netnswatch.schema.SymbolSamples;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What the hosts of one simulation share, made once: it is most of what an event weighs. For any
 * thread.
 */
final class Repertoire {

  private static final int BACKGROUNDS = 64;
  private static final int TOP_SYMBOLS = 40;
  private static final int PIDS_PER_COMMAND = 4;

  private record Recorded(int weight, String comm, List<String> frames) {}

  private record Scene(Condition condition, SimulatedKernel kernel) {}

  private record Setting(Profile profile, Visibility visibility) {}

  private final Map<Scene, List<Appearance>> appearances = new ConcurrentHashMap<>();
  private final Map<Setting, List<Background>> backgrounds = new ConcurrentHashMap<>();

  List<Appearance> appearances(Condition condition, SimulatedKernel kernel) {
    return appearances.computeIfAbsent(
        new Scene(condition, kernel), it -> Appearances.of(condition, kernel));
  }

  List<Background> backgrounds(Profile profile, Visibility visibility) {
    return backgrounds.computeIfAbsent(
        new Setting(profile, visibility), Repertoire::makeBackgrounds);
  }

  private static List<Background> makeBackgrounds(Setting setting) {
    List<Recorded> recorded = read(setting.profile().resource());
    int totalWeight = recorded.stream().mapToInt(Recorded::weight).sum();
    Dice dice = Dice.of(0, setting.profile().name());
    List<Background> made = new ArrayList<>(BACKGROUNDS);
    for (int i = 0; i < BACKGROUNDS; i++) {
      made.add(makeBackground(setting, recorded, totalWeight, dice));
    }
    return List.copyOf(made);
  }

  private static Background makeBackground(
      Setting setting, List<Recorded> recorded, int totalWeight, Dice dice) {
    SymbolCounts counts = new SymbolCounts(setting.visibility());
    int firstPid = dice.between(1_000, 30_000);
    int samples = dice.between(setting.profile().leastSamples(), setting.profile().mostSamples());
    for (int i = 0; i < samples; i++) {
      Recorded code = draw(recorded, dice.below(totalWeight));
      Integer threadPid = kernelThreadPid(code.comm());
      int pid = threadPid == null ? firstPid + dice.below(PIDS_PER_COMMAND) : threadPid;
      counts.add(code.comm(), pid, SymbolCounts.shown(code.frames(), setting.visibility()), 1);
    }
    List<SymbolSamples> symbols = counts.symbols();
    List<SymbolSamples> top = symbols.subList(0, Math.min(TOP_SYMBOLS, symbols.size()));
    return new Background(top, samples, symbols.size() - top.size());
  }

  private static Recorded draw(List<Recorded> recorded, int at) {
    int left = at;
    for (Recorded code : recorded) {
      left -= code.weight();
      if (left < 0) {
        return code;
      }
    }
    throw new IllegalStateException("beyond the weights: " + at);
  }

  private static @Nullable Integer kernelThreadPid(String comm) {
    return switch (comm) {
      case "ksoftirqd/0" -> 7;
      case "rcu_sched" -> 8;
      case "ksoftirqd/1" -> 16;
      default -> comm.startsWith("kworker/") ? 17 + comm.hashCode() % 8 : null;
    };
  }

  private static List<Recorded> read(String resource) {
    try (InputStream in = Repertoire.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + resource);
      }
      BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      return lines
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split("\t", -1))
          .map(part -> new Recorded(Integer.parseInt(part[0]), part[1], CallPaths.frames(part[2])))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("resource " + resource, e);
    }
  }
}
