package io.facepipeline.jdbc;

import io.facepipeline.Embedding;
import io.facepipeline.FaceClassifier;
import io.facepipeline.Match;
import io.facepipeline.Match.Candidate;
import io.facepipeline.ModelCard;
import io.facepipeline.gallery.GalleryException;
import io.facepipeline.gallery.GalleryException.Reason;
import io.facepipeline.jdbc.Database.Transaction;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Searches in PostgreSQL with the extension {@code vector} (pgvector), with no face in this JVM's
 * memory. A table of pgvector's own type stands beside the faces. Searches fill it with the faces
 * that it lacks, whoever enrolled them; the database removes a vector with its face. Thread-safe.
 */
final class VectorSearch implements FaceClassifier {
  private static final int CANDIDATES = 5;

  /** Faces that are given vectors in one transaction. */
  private static final int BATCH = 1000;

  private static final String TABLE =
      "create table if not exists facepipeline_vector (gallery varchar(100) not null, face bigint"
          + " not null, embedding vector not null, primary key (gallery, face), foreign key"
          + " (gallery, face) references facepipeline_face (gallery, id) on delete cascade)";

  private static final String LACKING =
      "select f.id, f.vector from facepipeline_face f where f.gallery = ? and f.id > ? and not"
          + " exists (select 1 from facepipeline_vector v where v.gallery = f.gallery and v.face ="
          + " f.id) order by f.id limit "
          + BATCH;

  /** Does nothing for a face that was removed meanwhile. */
  private static final String FILL =
      "insert into facepipeline_vector (gallery, face, embedding) select gallery, id,"
          + " cast(? as vector) from facepipeline_face where gallery = ? and id = ? for key share"
          + " on conflict do nothing";

  /** Unit vectors: the inner product, which pgvector gives with the other sign, is the cosine. */
  private static final String SEARCH =
      "select p.label, -min(v.embedding <#> cast(? as vector)) as similarity from"
          + " facepipeline_vector v join facepipeline_face f on f.gallery = v.gallery and f.id ="
          + " v.face join facepipeline_person p on p.gallery = f.gallery and p.id = f.person where"
          + " v.gallery = ? group by p.id, p.label order by similarity desc, p.id limit "
          + CANDIDATES;

  private final Database database;
  private final Rows rows;
  private final Head head;
  private final float threshold;

  /** A change up to which all faces have a vector; an older one costs a search another look. */
  private volatile long filled = -1;

  private VectorSearch(Database database, Rows rows, Head head, float threshold) {
    this.database = database;
    this.rows = rows;
    this.head = head;
    this.threshold = threshold;
  }

  /** Prepares the database and gives all faces a vector. */
  static VectorSearch open(
      Database database, Dialect dialect, Rows rows, Head head, float threshold) {
    if (dialect != Dialect.POSTGRESQL) {
      throw new GalleryException(
          Reason.UNAVAILABLE,
          database.place(),
          "cannot be searched there: only PostgreSQL has the extension vector; open the gallery,"
              + " which searches in memory",
          null);
    }
    try (Transaction transaction = database.begin();
        Statement statement = transaction.connection().createStatement()) {
      statement.execute("create extension if not exists vector");
      statement.execute(TABLE);
      transaction.connection().commit();
    } catch (SQLException e) {
      throw new GalleryException(
          Reason.UNAVAILABLE,
          database.place(),
          "cannot be searched there: "
              + e.getMessage()
              + "; install pgvector and let a user who may do so run 'create extension vector', or"
              + " open the gallery, which searches in memory",
          e);
    }
    VectorSearch search = new VectorSearch(database, rows, head, threshold);
    try {
      search.fill();
      return search;
    } catch (SQLException e) {
      throw database.unavailable("cannot be searched", e);
    }
  }

  @Override
  public Match classify(Embedding probe) {
    if (!ModelCard.sameEmbedding(head.model(), probe.fingerprint())
        || head.dimensions() != probe.size()) {
      throw new IllegalArgumentException(
          "the probe has "
              + probe
              + ", but the gallery "
              + head.dimensions()
              + " of "
              + head.model()
              + "; embed it with the gallery's model, preprocessing and mirroring");
    }
    try {
      return Match.of(
          database.retrying(
              () -> {
                fill();
                return database.read(connection -> search(connection, probe));
              }),
          threshold);
    } catch (SQLException e) {
      throw database.unavailable("cannot be searched", e);
    }
  }

  private List<Candidate> search(Connection connection, Embedding probe) throws SQLException {
    List<Candidate> candidates = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(SEARCH)) {
      statement.setString(1, text(probe.toArray()));
      statement.setString(2, rows.gallery());
      try (ResultSet found = statement.executeQuery()) {
        while (found.next()) {
          float similarity = Math.max(-1, Math.min(1, found.getFloat(2)));
          candidates.add(new Candidate(found.getString(1), similarity));
        }
      }
    }
    return candidates;
  }

  /** Looks for faces without a vector only if something was changed since the last time. */
  private void fill() throws SQLException {
    long change = database.read(this::lastChange);
    if (change == filled) {
      return;
    }
    long last = Long.MIN_VALUE;
    do {
      last = fillAfter(last);
    } while (last < Long.MAX_VALUE);
    filled = change;
  }

  private long lastChange(Connection connection) throws SQLException {
    return rows.head(connection)
        .orElseThrow(
            () ->
                new GalleryException(
                    Reason.NOT_FOUND, database.place(), "was deleted just now", null))
        .lastChange();
  }

  /** Fills some; gives the number of the last face, or the largest number after the last of all. */
  private long fillAfter(long face) throws SQLException {
    FaceVectors vectors = new FaceVectors(head.dimensions());
    try (Transaction transaction = database.begin();
        PreparedStatement lacking = transaction.connection().prepareStatement(LACKING);
        PreparedStatement fill = transaction.connection().prepareStatement(FILL)) {
      lacking.setString(1, rows.gallery());
      lacking.setLong(2, face);
      int count = 0;
      long last = Long.MAX_VALUE;
      try (ResultSet faces = lacking.executeQuery()) {
        while (faces.next()) {
          last = faces.getLong(1);
          rows.add(vectors, last, faces.getBytes(2));
          fill.setString(1, text(vectors.taken()));
          fill.setString(2, rows.gallery());
          fill.setLong(3, last);
          fill.addBatch();
          count++;
        }
      }
      if (count > 0) {
        fill.executeBatch();
      }
      transaction.connection().commit();
      return count < BATCH ? Long.MAX_VALUE : last;
    }
  }

  /** pgvector's way of writing a vector; the numbers are read back as they are. */
  private static String text(float[] vector) {
    StringBuilder text = new StringBuilder("[");
    for (float value : vector) {
      text.append(text.length() > 1 ? "," : "").append(value);
    }
    return text.append(']').toString();
  }

  @Override
  public String fingerprint() {
    return head.model();
  }

  @Override
  public String toString() {
    return database.place() + ", searched there";
  }
}
