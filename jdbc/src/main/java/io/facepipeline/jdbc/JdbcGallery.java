package io.facepipeline.jdbc;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.facepipeline.FaceClassifier;
import io.facepipeline.ModelCard;
import io.facepipeline.gallery.Gallery;
import io.facepipeline.gallery.GalleryException;
import io.facepipeline.gallery.GalleryException.Reason;
import io.facepipeline.gallery.store.StoredGallery;
import io.facepipeline.internal.Cosines;
import io.facepipeline.internal.SetOnce;
import io.facepipeline.internal.Workers;
import io.facepipeline.jdbc.Database.Transaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Opens a {@link Gallery} that is kept in a database and shared by several JVMs. The database is
 * the truth. Each JVM keeps all faces in memory and searches there, exactly as in a folder's
 * gallery, so a search needs no database.
 *
 * <p>A change is committed when its call returns. Changes run one after another, whichever JVM
 * makes them, and each sees all before it. Other JVMs see a change within the interval ({@link
 * #interval}); from PostgreSQL they are told at once. A removed face is gone from the database's
 * tables with the commit, and from the memory of all JVMs when they see it.
 *
 * <p>While the database is away, the gallery answers from memory and tries to reconnect; changes
 * fail with {@link Reason#UNAVAILABLE}. If the connection breaks during a commit, the call asks the
 * database whether the change was saved; if that fails too, the exception says that it is not
 * known.
 *
 * <p>The tables begin with {@code facepipeline_} and are created when the first gallery is opened,
 * in the connection's schema; a newer library alters them as needed. PostgreSQL and H2 are tested.
 * A gallery takes one connection of the data source for watching, and one during a change.
 *
 * <p>Used directly with {@link #open} or for a pipeline's embedder with {@link
 * io.facepipeline.FacePipelineBuilder#classifier(Factory)}. Each setter refuses a second call. Not
 * thread-safe; the gallery is.
 */
public final class JdbcGallery implements FaceClassifier.Factory {
  private static final String DEFAULT_NAME = "default";
  private static final Duration DEFAULT_INTERVAL = Duration.ofMillis(250);
  private static final int MAX_NAME = 100;

  private final DataSource source;
  private @Nullable String name;
  private @Nullable ModelCard model;
  private @Nullable Float threshold;
  private @Nullable Integer parallelism;
  private @Nullable Duration interval;

  private JdbcGallery(DataSource source) {
    this.source = source;
  }

  /**
   * {@return a builder of a gallery in a database}
   *
   * @param source gives connections to the database, preferably from a pool; the gallery does not
   *     close it
   */
  public static JdbcGallery in(DataSource source) {
    return new JdbcGallery(requireNonNull(source, "the data source must not be null"));
  }

  /**
   * Sets which of the database's galleries it is; the default is {@code default}.
   *
   * @param gallery a name of 1 to 100 characters, none of them a control character
   * @return this
   * @throws IllegalStateException if it was set already
   * @throws IllegalArgumentException if it is not such a name
   */
  @CanIgnoreReturnValue
  public JdbcGallery name(String gallery) {
    if (gallery.isBlank()
        || gallery.length() > MAX_NAME
        || gallery.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "a gallery's name must have 1 to "
              + MAX_NAME
              + " characters, none of them a control character, got '"
              + gallery
              + "'");
    }
    name = SetOnce.set("name", name, gallery);
    return this;
  }

  /**
   * Sets the embedder whose faces the gallery holds. With it, a gallery is created if there is none
   * of the name.
   *
   * @param card the embedder's card
   * @return this
   * @throws IllegalStateException if it was set already
   */
  @CanIgnoreReturnValue
  public JdbcGallery model(ModelCard card) {
    model = SetOnce.set("model", model, card);
    return this;
  }

  /**
   * Sets the lowest cosine similarity of a known person; the default is the gallery's own, and for
   * a new gallery that of the embedder's card. A new gallery stores it.
   *
   * @param cosine the threshold, -1 to 1
   * @return this
   * @throws IllegalStateException if it was set already
   * @throws IllegalArgumentException if it is out of range
   */
  @CanIgnoreReturnValue
  public JdbcGallery threshold(float cosine) {
    Cosines.require("identification threshold", cosine);
    threshold = SetOnce.set("identification threshold", threshold, cosine);
    return this;
  }

  /**
   * Sets the number of threads that share a large search; the default is one per processor. A
   * search inside a pipeline uses the pipeline's threads.
   *
   * @param threads the number, 1 to 1024
   * @return this
   * @throws IllegalStateException if it was set already
   */
  @CanIgnoreReturnValue
  public JdbcGallery parallelism(int threads) {
    parallelism = SetOnce.set("parallelism", parallelism, threads);
    return this;
  }

  /**
   * Sets how often the gallery asks the database for what others have changed; the default is a
   * quarter of a second.
   *
   * @param time the time between two questions, 1 millisecond to 1 hour
   * @return this
   * @throws IllegalStateException if it was set already
   * @throws IllegalArgumentException if it is out of range
   */
  @CanIgnoreReturnValue
  public JdbcGallery interval(Duration time) {
    if (time.compareTo(Duration.ofMillis(1)) < 0 || time.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException(
          "the interval must be between 1 millisecond and 1 hour, got " + time);
    }
    interval = SetOnce.set("interval", interval, time);
    return this;
  }

  /**
   * Opens the gallery for an embedder, like {@link #model} and {@link #open}; creates it if there
   * is none of the name.
   *
   * @param card the embedder's card
   * @return the gallery
   * @throws IllegalStateException if the model was set already
   * @throws GalleryException as in {@link #open}
   * @throws io.facepipeline.FacePipelineException if the gallery is new, the card has no threshold,
   *     and none was set
   */
  @Override
  public Gallery create(ModelCard card) {
    return model(card).open();
  }

  /**
   * {@return the gallery, with all faces in memory}
   *
   * @throws GalleryException if the database cannot be reached, a newer library made its tables,
   *     the gallery is of another embedder, or there is none of the name and no model was set
   * @throws io.facepipeline.FacePipelineException if the gallery is new, the card has no threshold,
   *     and none was set
   * @throws IllegalArgumentException if the number of threads is out of range
   */
  public Gallery open() {
    String gallery = name != null ? name : DEFAULT_NAME;
    Database database = new Database(source, gallery);
    Rows rows = new Rows(gallery);
    Workers workers =
        new Workers(parallelism != null ? parallelism : Runtime.getRuntime().availableProcessors());
    try {
      Dialect dialect = prepare(database);
      Head head = database.retrying(() -> headOf(database, rows));
      String fingerprint = requireModel(database, head);
      Mirror mirror =
          database.retrying(() -> database.read(connection -> load(connection, database, rows)));
      return StoredGallery.of(
          fingerprint,
          head.dimensions(),
          threshold != null ? threshold : head.threshold(),
          model == null ? null : model.thresholds(),
          new JdbcStore(
              database, dialect, rows, mirror, interval != null ? interval : DEFAULT_INTERVAL),
          mirror.table(),
          workers);
    } catch (SQLException e) {
      throw database.unavailable("cannot be opened", e);
    }
  }

  /**
   * {@return a classifier that searches in PostgreSQL with the extension {@code vector} (pgvector),
   * for programs that seldom search or have no memory for all faces}
   *
   * <p>The search is exact: the database compares the probe with each face; scores differ from
   * those of {@link #open} by rounding. A table {@code facepipeline_vector} keeps the vectors in
   * pgvector's type. This call and each search first add what others have enrolled; a removed
   * person's vectors go with the commit. Each call of the classifier needs the database, and takes
   * one connection while it runs; it is thread-safe, and there is nothing to close. The first call
   * creates the extension, which a user without the right for that cannot.
   *
   * @throws GalleryException if the database cannot be reached or lacks the extension, or as in
   *     {@link #open}
   * @throws io.facepipeline.FacePipelineException as in {@link #open}
   */
  public FaceClassifier searchInDatabase() {
    String gallery = name != null ? name : DEFAULT_NAME;
    Database database = new Database(source, gallery);
    Rows rows = new Rows(gallery);
    try {
      Dialect dialect = prepare(database);
      Head head = database.retrying(() -> headOf(database, rows));
      requireModel(database, head);
      return VectorSearch.open(
          database, dialect, rows, head, threshold != null ? threshold : head.threshold());
    } catch (SQLException e) {
      throw database.unavailable("cannot be opened", e);
    }
  }

  private static Dialect prepare(Database database) throws SQLException {
    try (Transaction transaction = database.begin()) {
      Connection connection = transaction.connection();
      Dialect dialect = Dialect.of(connection);
      int version = new Schema(dialect, Schema.STEPS).bringUpToDate(connection);
      if (version > Schema.STEPS.size()) {
        throw new GalleryException(
            Reason.NEWER_FORMAT,
            database.place(),
            "its tables have version "
                + version
                + ", but this library knows up to "
                + Schema.STEPS.size()
                + "; use the newer version of the library everywhere",
            null);
      }
      return dialect;
    }
  }

  /** The gallery's head; made if there is none. */
  private Head headOf(Database database, Rows rows) throws SQLException {
    try (Transaction transaction = database.begin()) {
      Connection connection = transaction.connection();
      Optional<Head> there = rows.head(connection);
      if (there.isPresent()) {
        return there.get();
      }
      if (model == null) {
        throw new GalleryException(
            Reason.NOT_FOUND,
            database.place(),
            "does not exist; set the model to create it, or choose another name",
            null);
      }
      float cosine = threshold != null ? threshold : model.identificationThreshold();
      Head head = new Head(model.fingerprint(), model.embeddingSize(), cosine, 1, 1, 1, 0);
      try {
        new RowChanges(connection, rows.gallery()).insertHead(head);
        connection.commit();
        return head;
      } catch (SQLException e) {
        connection.rollback();
        // Another JVM may have made it just now.
        return rows.head(connection).orElseThrow(() -> e);
      }
    }
  }

  private static Mirror load(Connection connection, Database database, Rows rows)
      throws SQLException {
    Head head =
        rows.head(connection)
            .orElseThrow(
                () ->
                    new GalleryException(
                        Reason.NOT_FOUND, database.place(), "was deleted just now", null));
    Mirror mirror = new Mirror(rows, head.dimensions());
    mirror.load(connection, head);
    return mirror;
  }

  private String requireModel(Database database, Head head) {
    if (model == null) {
      return head.model();
    }
    if (!ModelCard.sameEmbedding(head.model(), model.fingerprint())
        || head.dimensions() != model.embeddingSize()) {
      throw new GalleryException(
          Reason.OTHER_MODEL,
          database.place(),
          "holds "
              + head.dimensions()
              + " dimensions of "
              + head.model()
              + ", but the embedder is "
              + model.fingerprint()
              + " with "
              + model.embeddingSize()
              + "; use the gallery's model, preprocessing and mirroring, or another name and enroll"
              + " everyone again",
          null);
    }
    return model.fingerprint();
  }

  @Override
  public String toString() {
    return "gallery '" + (name != null ? name : DEFAULT_NAME) + "' in a database";
  }
}
