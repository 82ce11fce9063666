package io.netnswatch.localcluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Which TCP ports a process listens on: its open sockets, looked up in proc(5)'s net/tcp. */
final class ListeningSockets {

  private static final String LISTEN = "0A";
  private static final int LOCAL_ADDRESS = 1;
  private static final int STATE = 3;
  private static final int INODE = 9;

  private ListeningSockets() {}

  /** The ports; empty for a process that is no more. */
  static Set<Integer> of(long pid) {
    Path proc = Path.of("/proc", Long.toString(pid));
    try {
      Map<String, Integer> listening = new HashMap<>();
      for (String table : new String[] {"tcp", "tcp6"}) {
        Path file = proc.resolve("net").resolve(table);
        if (Files.exists(file)) {
          Files.readAllLines(file).stream().skip(1).forEach(line -> add(line, listening));
        }
      }
      Set<Integer> ports = new HashSet<>();
      try (Stream<Path> open = Files.list(proc.resolve("fd"))) {
        open.forEach(
            descriptor -> {
              Integer port = listening.get(inode(descriptor));
              if (port != null) {
                ports.add(port);
              }
            });
      }
      return ports;
    } catch (NoSuchFileException e) { // it has ended
      return Set.of();
    } catch (IOException e) {
      if (!Files.exists(proc)) {
        return Set.of();
      }
      throw new UncheckedIOException(e);
    }
  }

  private static void add(String line, Map<String, Integer> listening) {
    String[] columns = line.strip().split("\\s+", -1);
    if (columns.length > INODE && columns[STATE].equals(LISTEN)) {
      String address = columns[LOCAL_ADDRESS];
      listening.put(
          columns[INODE], Integer.parseInt(address.substring(address.lastIndexOf(':') + 1), 16));
    }
  }

  /** Of a descriptor that is a socket; empty for others, and for one that was closed meanwhile. */
  private static String inode(Path descriptor) {
    try {
      String target = Files.readSymbolicLink(descriptor).toString();
      return target.startsWith("socket:[") ? target.substring(8, target.length() - 1) : "";
    } catch (IOException e) {
      return "";
    }
  }
}
