package io.facepipeline.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.gallery.Gallery;
import io.facepipeline.gallery.GalleryException;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;

class H2GalleryTest extends DatabaseGalleryContract {
  private final DataSource database = empty();

  private static DataSource empty() {
    JdbcDataSource source = new JdbcDataSource();
    source.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    return source;
  }

  @Override
  DataSource database() {
    return database;
  }

  /** H2 commits each statement that makes a table, and a process may end between two. */
  @Test
  void isNotSearchedInTheDatabase() {
    JdbcGallery gallery = JdbcGallery.in(database()).model(Faces.CARD);
    GalleryException e = assertThrows(GalleryException.class, gallery::searchInDatabase);
    assertEquals(GalleryException.Reason.UNAVAILABLE, e.reason());
    assertTrue(e.getMessage().contains("only PostgreSQL"), e.getMessage());
  }

  @Test
  void tablesThatWereBegunAreFinished() throws Exception {
    List<String> statements = new ArrayList<>();
    statements.add("create table facepipeline_schema (version integer primary key)");
    statements.addAll(Schema.STEPS.get(0));
    for (int done = 1; done <= statements.size(); done++) {
      DataSource begun = empty();
      try (Connection connection = begun.getConnection();
          Statement statement = connection.createStatement()) {
        for (String one : statements.subList(0, done)) {
          statement.execute(Dialect.of(connection).spelled(one));
        }
      }
      Gallery gallery = open(begun, "begun");
      gallery.enroll("ada", Faces.faces(1, 1));
      assertEquals(List.of("ada"), gallery.labels(), "after " + done + " statements");
    }
  }
}
