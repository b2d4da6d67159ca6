package io.facepipeline.gallery.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * How far a gallery's log reaches, and whose it is, in a file of its own beside the log. A log
 * cannot say of itself that its end is missing; and a lock, which the system may drop unasked,
 * cannot say who has the folder.
 *
 * <p>Two states stand in turn in two sectors of the disk, so that one is whole whenever the power
 * fails. A state is written after the change that it tells of is on the disk, and before the change
 * is acknowledged: it survives the end of the process at once, and a failure of the power once the
 * system has written it down, at the latest when the gallery is closed.
 */
public final class GalleryEnd implements AutoCloseable {
  public static final String NAME = "faces.end";

  private static final int MAGIC = 0x45475046; // "FPGE"
  private static final int BYTES = 64;
  private static final int SECTOR = 512;

  /**
   * Held from looking to writing, so that nobody in this process writes over what came between.
   * Other processes are kept away by the folder's lock; where that was lost, a moment remains.
   */
  static final Object TURN = new Object();

  private final Path path;
  private final FileIdentity identity;
  private final LogFile file;
  private State state;

  /**
   * What the file says.
   *
   * @param sequence the larger of two counts
   * @param salt of the log that is meant
   * @param length the byte after the last acknowledged change
   * @param nextNumber the number of the record that begins there
   * @param last the checksum of the header of the record that ends there
   * @param owner a random number of the gallery that wrote it
   */
  record State(long sequence, long salt, long length, long nextNumber, int last, long owner) {
    State of(long newLength, long newNumber, int newLast) {
      return new State(sequence, salt, newLength, newNumber, newLast, owner);
    }

    private byte[] encode() {
      ByteBuffer out = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
      out.putInt(MAGIC).putInt(last).putLong(sequence).putLong(salt).putLong(length);
      out.putLong(nextNumber).putLong(owner);
      out.putInt(BYTES - 4, checksum(out.array()));
      return out.array();
    }

    private static Optional<State> decode(byte[] bytes) {
      ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      if (in.getInt(0) != MAGIC || in.getInt(BYTES - 4) != checksum(bytes)) {
        return Optional.empty();
      }
      return Optional.of(
          new State(
              in.getLong(8),
              in.getLong(16),
              in.getLong(24),
              in.getLong(32),
              in.getInt(4),
              in.getLong(40)));
    }

    private static int checksum(byte[] bytes) {
      CRC32C crc = new CRC32C();
      crc.update(bytes, 0, BYTES - 4);
      return (int) crc.getValue();
    }
  }

  private GalleryEnd(Path path, LogFile file, State state) throws IOException {
    this.path = path;
    this.file = file;
    this.state = state;
    this.identity = FileIdentity.of(path);
  }

  /** The states that can be read, the last one first; none where there is no file. */
  static List<State> read(Path folder) throws IOException {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(folder.resolve(NAME));
    } catch (NoSuchFileException e) {
      return List.of();
    }
    List<State> states = new ArrayList<>();
    for (int at = 0; at + BYTES <= bytes.length && at <= SECTOR; at += SECTOR) {
      State.decode(Arrays.copyOfRange(bytes, at, at + BYTES)).ifPresent(states::add);
    }
    states.sort(Comparator.comparingLong(State::sequence).reversed());
    return states;
  }

  /** The last state of a log. */
  static Optional<State> of(long salt, List<State> states) {
    return states.stream().filter(state -> state.salt() == salt).findFirst();
  }

  /**
   * Takes a folder over: whoever had it finds out before their next change.
   *
   * @param before what the file said when the log was read, the last one first
   * @param ours how far the log reaches; its sequence does not matter
   * @return the end, or null if the file says something else by now
   */
  static @Nullable GalleryEnd take(
      Path folder, List<State> before, State ours, LogFile.Opener opener) throws IOException {
    Path path = folder.resolve(NAME);
    GalleryEnd end = new GalleryEnd(path, opener.open(path), ours);
    boolean done = false;
    try {
      if (end.file.length() < 2L * SECTOR) {
        // The room for both, so that no full disk is met later.
        byte[] rest = new byte[(int) (2L * SECTOR - end.file.length())];
        end.file.write(rest, 0, rest.length);
      }
      synchronized (TURN) {
        if (!read(folder).equals(before)) {
          return null;
        }
        long sequence = before.isEmpty() ? 0 : before.get(0).sequence();
        end.state =
            new State(
                sequence, ours.salt(), ours.length(), ours.nextNumber(), ours.last(), ours.owner());
        end.write(end.state);
      }
      done = true;
      return end;
    } finally {
      if (!done) {
        end.file.close();
      }
    }
  }

  State state() {
    return state;
  }

  /**
   * Writes how far the log reaches now, if nobody has written since; waits for no disk. Whoever
   * wrote without looking could take away the state of a log that has come in the place of theirs.
   *
   * @return whether it was written
   */
  boolean writeIfOurs(State now) throws IOException {
    synchronized (TURN) {
      boolean ours = isOurs();
      if (ours) {
        write(now);
      }
      return ours;
    }
  }

  private void write(State now) throws IOException {
    State next =
        new State(
            state.sequence() + 1,
            now.salt(),
            now.length(),
            now.nextNumber(),
            now.last(),
            now.owner());
    file.overwrite(next.sequence() % 2 * SECTOR, next.encode());
    state = next;
  }

  /** Writes it into both places, and waits until it is on the disk. */
  void settle(State now) throws IOException {
    synchronized (TURN) {
      write(now);
      write(now);
    }
    file.force();
  }

  /** Writes it into both places if nobody has written since, and waits for the disk. */
  void settleIfOurs() throws IOException {
    synchronized (TURN) {
      if (!isOurs()) {
        return;
      }
      write(state);
      write(state);
    }
    file.force();
  }

  void force() throws IOException {
    file.force();
  }

  /** Whether nobody has written since. */
  boolean isOurs() throws IOException {
    if (!identity.isStill(path)) {
      return false;
    }
    byte[] bytes = new byte[BYTES];
    for (int at = 0; at <= SECTOR; at += SECTOR) {
      if (!file.read(at, bytes)) {
        return false;
      }
      Optional<State> found = State.decode(bytes);
      boolean newest = at == state.sequence() % 2 * SECTOR;
      if (newest
          ? !found.equals(Optional.of(state))
          // One of our own that is newer was written although the write failed.
          : found.isPresent()
              && found.get().sequence() > state.sequence()
              && found.get().owner() != state.owner()) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
