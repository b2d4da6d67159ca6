package io.facepipeline.jdbc;

import io.facepipeline.jdbc.Rows.PersonRow;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;

/** Changes a gallery's rows in the transaction of a connection. */
final class RowChanges {
  private final Connection connection;
  private final String gallery;

  RowChanges(Connection connection, String gallery) {
    this.connection = connection;
    this.gallery = gallery;
  }

  void insertHead(Head head) throws SQLException {
    try (PreparedStatement statement =
        prepare(
            "insert into facepipeline_gallery (name, model, dimensions, threshold, next_face,"
                + " next_person, first_change, last_change) values (?, ?, ?, ?, ?, ?, ?, ?)")) {
      statement.setString(2, head.model());
      statement.setInt(3, head.dimensions());
      statement.setFloat(4, head.threshold());
      statement.setLong(5, head.nextFace());
      statement.setLong(6, head.nextPerson());
      statement.setLong(7, head.firstChange());
      statement.setLong(8, head.lastChange());
      statement.executeUpdate();
    }
  }

  void updateHead(Head head) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "update facepipeline_gallery set next_face = ?, next_person = ?, first_change = ?,"
                + " last_change = ? where name = ?")) {
      statement.setLong(1, head.nextFace());
      statement.setLong(2, head.nextPerson());
      statement.setLong(3, head.firstChange());
      statement.setLong(4, head.lastChange());
      statement.setString(5, gallery);
      statement.executeUpdate();
    }
  }

  void insertChanges(Collection<Long> people, long first, String writer) throws SQLException {
    try (PreparedStatement statement =
        prepare(
            "insert into facepipeline_change (gallery, number, person, writer)"
                + " values (?, ?, ?, ?)")) {
      long number = first;
      for (long person : people) {
        statement.setLong(2, number++);
        statement.setLong(3, person);
        statement.setString(4, writer);
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  void deleteChangesBefore(long number) throws SQLException {
    update("delete from facepipeline_change where gallery = ? and number < ?", number);
  }

  void insertPerson(PersonRow person) throws SQLException {
    try (PreparedStatement statement =
        prepare(
            "insert into facepipeline_person (gallery, id, label_key, label, metadata)"
                + " values (?, ?, ?, ?, ?)")) {
      statement.setLong(2, person.id());
      statement.setString(3, Rows.key(person.label()));
      statement.setString(4, person.label());
      statement.setString(5, Rows.JSON.toJson(person.metadata()));
      statement.executeUpdate();
    }
  }

  void updateMetadata(PersonRow person) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "update facepipeline_person set metadata = ? where gallery = ? and id = ?")) {
      statement.setString(1, Rows.JSON.toJson(person.metadata()));
      statement.setString(2, gallery);
      statement.setLong(3, person.id());
      statement.executeUpdate();
    }
  }

  void insertFaces(long person, long[] ids, float[] vectors, int dimensions) throws SQLException {
    try (PreparedStatement statement =
        prepare(
            "insert into facepipeline_face (gallery, id, person, position, vector)"
                + " values (?, ?, ?, ?, ?)")) {
      for (int i = 0; i < ids.length; i++) {
        statement.setLong(2, ids[i]);
        statement.setLong(3, person);
        statement.setLong(4, ids[i]);
        statement.setBytes(5, FaceVectors.bytes(vectors, i * dimensions, dimensions));
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  void deleteFace(long face) throws SQLException {
    update("delete from facepipeline_face where gallery = ? and id = ?", face);
  }

  void deleteFacesOf(long person) throws SQLException {
    update("delete from facepipeline_face where gallery = ? and person = ?", person);
  }

  /** Deletes a person who has no face left. */
  void deletePerson(long person) throws SQLException {
    update("delete from facepipeline_person where gallery = ? and id = ?", person);
  }

  /** Gives faces to another person, in an order from a position on. */
  void moveFaces(List<Long> faces, long to, long position) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "update facepipeline_face set person = ?, position = ?"
                + " where gallery = ? and id = ?")) {
      long at = position;
      for (long face : faces) {
        statement.setLong(1, to);
        statement.setLong(2, at++);
        statement.setString(3, gallery);
        statement.setLong(4, face);
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  private void update(String query, long value) throws SQLException {
    try (PreparedStatement statement = prepare(query)) {
      statement.setLong(2, value);
      statement.executeUpdate();
    }
  }

  private PreparedStatement prepare(String query) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(query);
    try {
      statement.setString(1, gallery);
      return statement;
    } catch (SQLException e) {
      statement.close();
      throw e;
    }
  }
}
