package io.facepipeline.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Embedding;
import io.facepipeline.FaceClassifier;
import io.facepipeline.Match;
import io.facepipeline.gallery.Gallery;
import io.facepipeline.gallery.GalleryException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PostgresGalleryTest extends DatabaseGalleryContract {
  private static @Nullable PostgresServer server;

  private String url = "";

  @BeforeAll
  static void start() throws Exception {
    Optional<Path> programs = PostgresServer.programs();
    Assumptions.assumeTrue(
        programs.isPresent(), "PostgreSQL is not installed: its galleries are not tested");
    server = PostgresServer.start(programs.get());
  }

  @AfterAll
  static void stop() throws Exception {
    if (server != null) {
      server.shutDown();
    }
  }

  private static PostgresServer server() {
    if (server == null) {
      throw new IllegalStateException("the server has not started");
    }
    return server;
  }

  @BeforeEach
  void empty() throws IOException, InterruptedException {
    url = server().newDatabase();
  }

  @Override
  DataSource database() {
    return PostgresServer.source(url);
  }

  @Test
  void othersAreToldAtOnce() throws Exception {
    JdbcGallery slow = JdbcGallery.in(database()).interval(Duration.ofHours(1));
    try (Gallery told = slow.create(Faces.CARD);
        Gallery writer = JdbcGallery.in(database()).create(Faces.CARD)) {
      for (int i = 1; i <= 5; i++) {
        int faces = i;
        writer.enroll("ada", Faces.faces(1, i));
        await(() -> told.size() == faces); // an hour later without a notification
      }
    }
  }

  @Test
  void aServerThatRestartsLosesNothing() throws Exception {
    try (Gallery first = JdbcGallery.in(database()).create(Faces.CARD);
        Gallery second = JdbcGallery.in(database()).create(Faces.CARD)) {
      first.enroll("ada", Faces.faces(1, 1));
      await(() -> second.size() == 1);
      server().stop();
      GalleryException refused =
          assertThrows(GalleryException.class, () -> second.enroll("bob", Faces.faces(1, 2)));
      assertEquals(GalleryException.Reason.UNAVAILABLE, refused.reason());
      assertEquals("ada", second.classify(Faces.faces(1, 1).get(0)).label());
      server().launch();
      second.enroll("bob", Faces.faces(1, 2));
      await(() -> first.size() == 2);
      assertEquals(Faces.contents(second), Faces.contents(first));
    }
  }

  @Test
  void searchesInTheDatabaseFindWhatSearchesInMemoryFind() throws Exception {
    Assumptions.assumeTrue(
        hasVectors(), "pgvector is not installed: searches in the database are not tested");
    try (Gallery gallery = JdbcGallery.in(database()).create(Faces.CARD)) {
      for (int person = 0; person < 1_200; person++) {
        gallery.enroll("person " + person, Faces.faces(person % 3 == 0 ? 2 : 1, person));
      }
      FaceClassifier pushed = JdbcGallery.in(database()).model(Faces.CARD).searchInDatabase();
      assertEquals(gallery.fingerprint(), pushed.fingerprint());
      for (Embedding probe : Faces.faces(50, 77)) {
        assertSame(gallery.classify(probe), pushed.classify(probe));
      }
      Embedding late = Faces.faces(1, 5_000).get(0);
      gallery.enroll("late", List.of(late));
      assertEquals("late", pushed.classify(late).label());
      gallery.remove("late");
      assertSame(gallery.classify(late), pushed.classify(late));
      assertEquals(gallery.size(), count("facepipeline_vector"));
      Embedding other = Embedding.of("other@1", new float[] {1, 0});
      assertThrows(IllegalArgumentException.class, () -> pushed.classify(other));
    }
  }

  @Test
  void searchesInADatabaseWithoutVectorsAreRefused() throws Exception {
    Assumptions.assumeFalse(hasVectors(), "pgvector is installed");
    JdbcGallery gallery = JdbcGallery.in(database()).model(Faces.CARD);
    GalleryException e = assertThrows(GalleryException.class, gallery::searchInDatabase);
    assertTrue(e.getMessage().contains("install pgvector"), e.getMessage());
  }

  private boolean hasVectors() throws SQLException {
    return count("pg_available_extensions where name = 'vector'") > 0;
  }

  private int count(String from) throws SQLException {
    try (Connection connection = database().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select count(*) from " + from)) {
      rows.next();
      return rows.getInt(1);
    }
  }

  /** Equal but for the last digits of the scores. */
  private static void assertSame(Match expected, Match found) {
    assertEquals(expected.label(), found.label());
    assertEquals(expected.threshold(), found.threshold());
    assertEquals(Faces.labels(expected.candidates()), Faces.labels(found.candidates()));
    for (int i = 0; i < expected.candidates().size(); i++) {
      assertEquals(expected.candidates().get(i).score(), found.candidates().get(i).score(), 1e-6);
    }
  }

  @Test
  void threeProgramsAKilledOneAndARestartLoseNothing() throws Exception {
    int changes = Integer.getInteger("facepipeline.jdbc.changes", 300);
    SharedWriters.Report report = SharedWriters.run(server(), url, changes);
    System.out.println(report);
    assertTrue(report.acknowledged() >= changes, report.toString());
    assertEquals(0, report.lost(), report.toString());
  }
}
