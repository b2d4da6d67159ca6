package io.facepipeline.jdbc;

import com.google.common.hash.Hashing;
import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import com.google.gson.reflect.TypeToken;
import io.facepipeline.gallery.GalleryException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads a gallery's rows in the transaction of a connection. */
final class Rows {
  static final Gson JSON = new Gson();
  private static final TypeToken<Map<String, String>> METADATA = new TypeToken<>() {};

  /** How many values a statement lists. */
  private static final int LISTED = 500;

  private static final int FETCHED = 1000;
  private static final String HEAD =
      "select model, dimensions, threshold, next_face, next_person, first_change, last_change"
          + " from facepipeline_gallery where name = ?";

  private final String gallery;

  Rows(String gallery) {
    this.gallery = gallery;
  }

  String gallery() {
    return gallery;
  }

  /** A person's row. */
  record PersonRow(long id, String label, Map<String, String> metadata) {}

  /** Takes the faces of everybody, one person after the other. */
  @FunctionalInterface
  interface PersonVisitor {
    /** Takes some faces of a person. */
    void visit(PersonRow person, long[] faces, float[] vectors);
  }

  Optional<Head> head(Connection connection) throws SQLException {
    return head(connection, HEAD);
  }

  /** The head, which nobody else reads so until the transaction ends. */
  Optional<Head> lockHead(Connection connection) throws SQLException {
    return head(connection, HEAD + " for update");
  }

  private Optional<Head> head(Connection connection, String query) throws SQLException {
    try (PreparedStatement statement = prepare(connection, query);
        ResultSet row = statement.executeQuery()) {
      if (!row.next()) {
        return Optional.empty();
      }
      if (row.getInt(2) < 1) {
        throw damaged("the number of dimensions, " + row.getInt(2) + ",", null);
      }
      return Optional.of(
          new Head(
              row.getString(1),
              row.getInt(2),
              row.getFloat(3),
              row.getLong(4),
              row.getLong(5),
              row.getLong(6),
              row.getLong(7)));
    }
  }

  /** Reads everybody with their faces, in the order of enrollment. */
  void readAll(Connection connection, int dimensions, int most, PersonVisitor visitor)
      throws SQLException {
    Map<Long, PersonRow> people = new LinkedHashMap<>();
    try (PreparedStatement statement =
            prepare(
                connection,
                "select id, label, metadata from facepipeline_person where gallery = ?");
        ResultSet rows = fetch(statement)) {
      while (rows.next()) {
        PersonRow person = person(rows);
        people.put(person.id(), person);
      }
    }
    try (PreparedStatement statement =
            prepare(
                connection,
                "select person, id, vector from facepipeline_face where gallery = ?"
                    + " order by person, position");
        ResultSet rows = fetch(statement)) {
      PersonRow current = null;
      List<Long> ids = new ArrayList<>();
      FaceVectors vectors = new FaceVectors(dimensions);
      while (rows.next()) {
        long person = rows.getLong(1);
        if (current != null && (current.id() != person || ids.size() == most)) {
          visitor.visit(current, array(ids), vectors.taken());
          ids.clear();
        }
        if (current == null || current.id() != person) {
          current = people.remove(person);
        }
        ids.add(rows.getLong(2));
        add(vectors, rows.getLong(2), rows.getBytes(3));
      }
      if (current != null) {
        visitor.visit(current, array(ids), vectors.taken());
      }
    }
  }

  /** The people of numbers, as far as they are there. */
  Map<Long, PersonRow> people(Connection connection, Collection<Long> ids) throws SQLException {
    Map<Long, PersonRow> people = new HashMap<>();
    eachList(
        connection,
        "select id, label, metadata from facepipeline_person where gallery = ? and id in ",
        "",
        ids,
        rows -> people.put(rows.getLong(1), person(rows)));
    return people;
  }

  /** The numbers of all people. */
  List<Long> everybody(Connection connection) throws SQLException {
    List<Long> all = new ArrayList<>();
    try (PreparedStatement statement =
            prepare(connection, "select id from facepipeline_person where gallery = ?");
        ResultSet rows = fetch(statement)) {
      while (rows.next()) {
        all.add(rows.getLong(1));
      }
    }
    return all;
  }

  /** The numbers of people's faces, by person, in their order. */
  Map<Long, List<Long>> faces(Connection connection, Collection<Long> people) throws SQLException {
    Map<Long, List<Long>> faces = new HashMap<>();
    eachList(
        connection,
        "select person, id from facepipeline_face where gallery = ? and person in ",
        " order by person, position",
        people,
        rows ->
            faces
                .computeIfAbsent(rows.getLong(1), person -> new ArrayList<>())
                .add(rows.getLong(2)));
    return faces;
  }

  /** The vectors of faces, one after the other. */
  float[] vectors(Connection connection, List<Long> faces, int dimensions) throws SQLException {
    Map<Long, byte[]> found = new HashMap<>();
    eachList(
        connection,
        "select id, vector from facepipeline_face where gallery = ? and id in ",
        "",
        faces,
        rows -> found.put(rows.getLong(1), rows.getBytes(2)));
    FaceVectors vectors = new FaceVectors(dimensions);
    for (long face : faces) {
      byte[] vector = found.get(face);
      if (vector == null) {
        throw new SQLException("face " + face + " is not there any more in the same transaction");
      }
      add(vectors, face, vector);
    }
    return vectors.taken();
  }

  /** The people about whom something has changed after a change. */
  Set<Long> changedAfter(Connection connection, long change) throws SQLException {
    Set<Long> changed = new TreeSet<>();
    try (PreparedStatement statement =
        prepare(
            connection,
            "select person from facepipeline_change where gallery = ? and number > ?")) {
      statement.setLong(2, change);
      try (ResultSet rows = fetch(statement)) {
        while (rows.next()) {
          changed.add(rows.getLong(1));
        }
      }
    }
    return changed;
  }

  /** Whether a writer's changes were saved. */
  boolean hasChangesOf(Connection connection, String writer) throws SQLException {
    try (PreparedStatement statement =
        prepare(
            connection,
            "select number from facepipeline_change where gallery = ? and writer = ?")) {
      statement.setString(2, writer);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next();
      }
    }
  }

  @Nullable PersonRow find(Connection connection, String label) throws SQLException {
    try (PreparedStatement statement =
        prepare(
            connection,
            "select id, label, metadata from facepipeline_person where gallery = ?"
                + " and label_key = ?")) {
      statement.setString(2, key(label));
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? person(rows) : null;
      }
    }
  }

  /** The person of a face, or nobody if there is no such face. */
  Optional<Long> personOf(Connection connection, long face) throws SQLException {
    try (PreparedStatement statement =
        prepare(connection, "select person from facepipeline_face where gallery = ? and id = ?")) {
      statement.setLong(2, face);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? Optional.of(rows.getLong(1)) : Optional.empty();
      }
    }
  }

  private PreparedStatement prepare(Connection connection, String query) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(query);
    try {
      statement.setString(1, gallery);
      return statement;
    } catch (SQLException e) {
      statement.close();
      throw e;
    }
  }

  private static ResultSet fetch(PreparedStatement statement) throws SQLException {
    statement.setFetchSize(FETCHED);
    return statement.executeQuery();
  }

  /** Takes a row. */
  @FunctionalInterface
  private interface RowVisitor {
    void visit(ResultSet rows) throws SQLException;
  }

  private void eachList(
      Connection connection, String query, String end, Collection<Long> values, RowVisitor visitor)
      throws SQLException {
    List<Long> all = new ArrayList<>(values);
    for (int from = 0; from < all.size(); from += LISTED) {
      List<Long> some = all.subList(from, Math.min(all.size(), from + LISTED));
      String marks = String.join(", ", Collections.nCopies(some.size(), "?"));
      try (PreparedStatement statement = prepare(connection, query + "(" + marks + ")" + end)) {
        for (int i = 0; i < some.size(); i++) {
          statement.setLong(2 + i, some.get(i));
        }
        try (ResultSet rows = fetch(statement)) {
          while (rows.next()) {
            visitor.visit(rows);
          }
        }
      }
    }
  }

  /** Adds the vector of a face, which must be one. */
  void add(FaceVectors vectors, long face, byte[] vector) {
    if (!vectors.add(vector)) {
      throw damaged("the vector of face " + face, null);
    }
  }

  private PersonRow person(ResultSet row) throws SQLException {
    long id = row.getLong(1);
    Map<String, String> metadata;
    try {
      metadata = JSON.fromJson(row.getString(3), METADATA);
    } catch (JsonParseException e) {
      throw damaged("the metadata of person " + id, e);
    }
    if (metadata == null || metadata.containsValue(null)) {
      throw damaged("the metadata of person " + id, null);
    }
    return new PersonRow(id, row.getString(2), Map.copyOf(metadata));
  }

  private GalleryException damaged(String what, @Nullable Exception cause) {
    return new GalleryException(
        GalleryException.Reason.DAMAGED,
        Database.place(gallery),
        what
            + " is not as this library writes it: another program has changed the tables; restore"
            + " them from a backup",
        cause);
  }

  static String key(String label) {
    return Hashing.sha256().hashString(label, StandardCharsets.UTF_8).toString();
  }

  static long[] array(List<Long> values) {
    return values.stream().mapToLong(Long::longValue).toArray();
  }
}
