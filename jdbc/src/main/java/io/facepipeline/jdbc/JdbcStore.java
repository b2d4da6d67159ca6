package io.facepipeline.jdbc;

import io.facepipeline.ProgressListener;
import io.facepipeline.gallery.GalleryException;
import io.facepipeline.gallery.GalleryException.Reason;
import io.facepipeline.gallery.memory.GalleryChange;
import io.facepipeline.gallery.memory.Snapshot;
import io.facepipeline.gallery.store.ChangeStore;
import io.facepipeline.jdbc.Database.Transaction;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a gallery in a database. Who changes it locks the gallery's head row, brings the memory up
 * to date, and commits; so changes run one after another whichever JVM makes them. Others find out
 * by the number of the last change.
 */
final class JdbcStore implements ChangeStore {
  private static final System.Logger LOG = System.getLogger(JdbcStore.class.getName());

  private final Database database;
  private final Dialect dialect;
  private final Rows rows;
  private final Mirror mirror;
  private final Duration interval;
  private @Nullable Transaction writing;
  private @Nullable Head head;
  private @Nullable Follower follower;

  JdbcStore(Database database, Dialect dialect, Rows rows, Mirror mirror, Duration interval) {
    this.database = database;
    this.dialect = dialect;
    this.rows = rows;
    this.mirror = mirror;
    this.interval = interval;
  }

  @Override
  public String place() {
    return database.place();
  }

  @Override
  public boolean isReadOnly() {
    return false;
  }

  @Override
  public void follow(Runnable refresh) {
    Follower started = new Follower(database, dialect, rows, mirror::seen, refresh, interval);
    follower = started;
    started.start();
  }

  @Override
  public void refresh() {
    try {
      database.retrying(
          () ->
              database.read(
                  connection -> {
                    Head now = rows.head(connection).orElseThrow(this::gone);
                    mirror.catchUp(connection, now);
                    return now;
                  }));
    } catch (SQLException e) {
      throw database.unavailable("cannot be read", e);
    }
  }

  @Override
  public void begin() {
    try {
      head = database.retrying(this::lockAndCatchUp);
    } catch (SQLException e) {
      throw database.unavailable("cannot be changed, and nothing was changed", e);
    }
  }

  private Head lockAndCatchUp() throws SQLException {
    Transaction transaction = database.begin();
    boolean begun = false;
    try {
      dialect.prepareChange(transaction.connection());
      Head locked = rows.lockHead(transaction.connection()).orElseThrow(this::gone);
      mirror.catchUp(transaction.connection(), locked);
      writing = transaction;
      begun = true;
      return locked;
    } finally {
      if (!begun) {
        undo(transaction);
      }
    }
  }

  @Override
  public long nextId() {
    return locked().nextFace();
  }

  private Head locked() {
    if (head == null) {
      throw new IllegalStateException("no change was begun");
    }
    return head;
  }

  @Override
  public void append(List<GalleryChange> changes, long nextId) {
    Transaction transaction = writing;
    if (transaction == null) {
      throw new IllegalStateException("no change was begun");
    }
    String writer = UUID.randomUUID().toString();
    Writing work = new Writing(transaction.connection(), rows, locked(), nextId);
    Head after;
    try {
      after = work.write(changes, writer);
      dialect.announce(transaction.connection());
    } catch (SQLException e) {
      throw database.unavailable("the change was not saved", e);
    }
    try {
      transaction.connection().commit();
    } catch (SQLException e) {
      requireSaved(transaction, writer, e);
    }
    mirror.noteOwn(work.people(), after.lastChange());
    head = after;
  }

  /** A commit that failed may have been carried out all the same; the database knows. */
  private void requireSaved(Transaction failed, String writer, SQLException failure) {
    writing = null;
    undo(failed);
    boolean saved;
    try {
      saved =
          database.retrying(
              () -> {
                try (Transaction transaction = database.begin()) {
                  // Not before the failed one has ended.
                  rows.lockHead(transaction.connection());
                  return rows.hasChangesOf(transaction.connection(), writer);
                }
              });
    } catch (SQLException e) {
      e.addSuppressed(failure);
      throw database.unavailable(
          "the database failed while it saved the change, and it is not known whether the change"
              + " was saved; look when it is back",
          e);
    }
    if (!saved) {
      throw database.unavailable("the change was not saved", failure);
    }
  }

  @Override
  public void end() {
    Transaction transaction = writing;
    writing = null;
    head = null;
    if (transaction != null) {
      undo(transaction);
    }
  }

  /** What is broken beyond undoing is undone by the database. */
  private static void undo(Transaction transaction) {
    try {
      transaction.close();
    } catch (SQLException e) {
      LOG.log(System.Logger.Level.DEBUG, "a connection could not be given back whole", e);
    }
  }

  private GalleryException gone() {
    return new GalleryException(
        Reason.NOT_FOUND,
        place(),
        "was deleted by another program; open it again to create it anew",
        null);
  }

  @Override
  public long bytes() {
    return mirror.table().read(this::liveBytes);
  }

  @Override
  public long liveBytes(Snapshot snapshot) {
    return (long) snapshot.rows() * mirror.dimensions() * Float.BYTES;
  }

  /** Forgets which people have changed; galleries that are behind read all of them anew. */
  @Override
  public void compact(ProgressListener listener) {
    begin();
    try {
      Transaction transaction = writing;
      if (transaction == null) {
        throw new IllegalStateException("no change was begun");
      }
      Head now = locked();
      Head after =
          new Head(
              now.model(),
              now.dimensions(),
              now.threshold(),
              now.nextFace(),
              now.nextPerson(),
              now.lastChange() + 1,
              now.lastChange());
      RowChanges made = new RowChanges(transaction.connection(), rows.gallery());
      made.deleteChangesBefore(after.firstChange());
      made.updateHead(after);
      transaction.connection().commit();
    } catch (SQLException e) {
      throw database.unavailable("compacting failed and lost nothing", e);
    } finally {
      end();
    }
    listener.progress(1, 1, place());
  }

  @Override
  public void close() {
    if (follower != null) {
      follower.stop();
    }
  }
}
