package io.facepipeline.gallery.store;

import io.facepipeline.ProgressListener;
import io.facepipeline.gallery.GalleryRecovery;
import io.facepipeline.gallery.memory.GalleryChange;
import io.facepipeline.gallery.memory.Snapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Keeps the changes of a gallery. A change runs in one thread at a time: {@link #begin}, then
 * {@link #append} unless there is nothing to change, then {@link #end}. The gallery's memory
 * changes after {@code append} has returned.
 */
public interface ChangeStore extends AutoCloseable {
  /** Where it is, to stand before a problem, such as a folder. */
  String place();

  /** Whether changes are refused. */
  boolean isReadOnly();

  /** What opening found; empty if it looks for nothing. */
  default Optional<GalleryRecovery> recovery() {
    return Optional.empty();
  }

  /**
   * Takes up what keeps the gallery's memory like the store.
   *
   * @param refresh calls {@link #refresh} when no change is being made; for any thread, until the
   *     store is closed
   */
  default void follow(Runnable refresh) {}

  /** Brings the memory up to date with what others have changed. */
  default void refresh() {}

  /**
   * Begins a change: the memory is up to date, and nobody else changes the store until {@link
   * #end}.
   */
  default void begin() {}

  /** The first unused number of a face. */
  long nextId();

  /**
   * Saves changes, all or none.
   *
   * @param nextId the first unused number of a face from now on
   */
  void append(List<GalleryChange> changes, long nextId);

  /** Ends a change, whether or not something was saved. */
  default void end() {}

  /** How many bytes it takes. */
  long bytes();

  /** How many bytes what a snapshot shows would take. */
  long liveBytes(Snapshot snapshot);

  /** Gives up what is no longer needed. */
  void compact(ProgressListener listener);

  /** Notes a file that is being written, for the next opening to find if this process is killed. */
  default void beginExport(Path part) {}

  /** Forgets such a file. */
  default void endExport(Path part) throws IOException {}

  /** Makes sure that what is read is what was written. */
  default void verify() throws IOException {}

  @Override
  void close();
}
