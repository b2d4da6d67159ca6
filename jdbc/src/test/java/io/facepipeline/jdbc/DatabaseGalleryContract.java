package io.facepipeline.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.CropSpec;
import io.facepipeline.Embedding;
import io.facepipeline.FacePipelineException;
import io.facepipeline.ModelCard;
import io.facepipeline.ProgressListener;
import io.facepipeline.gallery.Gallery;
import io.facepipeline.gallery.GalleryException;
import io.facepipeline.gallery.GalleryException.Reason;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a gallery in a database must do besides, for several JVMs at once. */
abstract class DatabaseGalleryContract extends GalleryContract {
  private final List<AutoCloseable> opened = new ArrayList<>();
  private int galleries;

  /** {@return an empty database, the same one in each call of a test} */
  abstract DataSource database();

  @Override
  Gallery gallery() {
    return open("gallery " + ++galleries);
  }

  private Gallery open(String name) {
    return open(database(), name);
  }

  Gallery open(DataSource source, String name) {
    Gallery gallery =
        JdbcGallery.in(source)
            .name(name)
            .interval(Duration.ofMillis(5))
            .parallelism(1)
            .create(Faces.CARD);
    opened.add(gallery);
    return gallery;
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable one : opened) {
      one.close();
    }
  }

  /** Waits for what must come soon. */
  static void await(BooleanSupplier there) throws InterruptedException {
    await(there, Duration.ofMinutes(1));
  }

  /** Waits for what must come in time. */
  static void await(BooleanSupplier there, Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (!there.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "it did not come in " + limit);
      Thread.sleep(2);
    }
  }

  @Test
  void whatOneChangesTheOthersSee() throws Exception {
    Gallery first = open("shared");
    Gallery second = open("shared");
    first.enroll("ada", Faces.faces(2, 1));
    await(() -> second.size() == 2);
    second.enroll("bob", Faces.faces(1, 2));
    second.merge("ada", "bob");
    await(() -> first.labels().equals(List.of("bob")));
    assertEquals(Faces.contents(second), Faces.contents(first));
    assertEquals(Faces.numbers(second), Faces.numbers(first));
    first.remove("bob");
    await(() -> second.size() == 0);
    try (Gallery third = open("shared")) {
      assertEquals(0, third.size());
      third.enroll("ada", Faces.faces(1, 3));
    }
    await(() -> first.size() == 1);
  }

  @Test
  void changesInTurnByTwoEndAsInMemory() throws Exception {
    for (long seed = 11; seed <= 13; seed++) {
      Gallery first = open("turns " + seed);
      Gallery second = open("turns " + seed);
      try (Gallery plain = Gallery.inMemory(Faces.CARD)) {
        History.run(seed, 60, List.of(first, second), plain);
        Map<String, List<Object>> expected = Faces.contents(plain);
        await(() -> Faces.contents(first).equals(expected));
        await(() -> Faces.contents(second).equals(expected));
        assertEquals(Faces.numbers(first), Faces.numbers(second));
        try (Gallery third = open("turns " + seed)) {
          assertEquals(expected, Faces.contents(third));
          assertEquals(plain.labels(), third.labels());
          assertEquals(Faces.numbers(first), Faces.numbers(third));
        }
      }
    }
  }

  @Test
  void changesAtOnceByTwoLoseNothing() throws Exception {
    Gallery first = open("both");
    Gallery second = open("both");
    List<CompletableFuture<Void>> writers = new ArrayList<>();
    for (Gallery gallery : List.of(first, second)) {
      String who = gallery == first ? "a" : "b";
      writers.add(
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < 30; i++) {
                  gallery.enroll("common", Faces.faces(1, i));
                  gallery.enroll(who + i, Faces.faces(1, i));
                  if (i % 3 == 0) {
                    assertEquals(1, gallery.remove(who + i));
                  }
                }
              }));
    }
    writers.forEach(CompletableFuture::join);
    await(() -> first.size() == 100 && second.size() == 100);
    assertEquals(60, first.person("common").orElseThrow().faces());
    assertEquals(Faces.contents(second), Faces.contents(first));
    assertEquals(Faces.numbers(second), Faces.numbers(first));
  }

  @Test
  void nothingOfARemovedPersonStaysInTheTables() throws Exception {
    Gallery gallery = open("removal");
    gallery.enroll("Ada Removed", Faces.faces(2, 1));
    gallery.enroll("bob", Faces.faces(1, 2));
    byte[] vector = FaceVectors.bytes(Faces.faces(2, 1).get(1).toArray(), 0, Faces.DIMENSIONS);
    assertTrue(dump().contains("Ada Removed"));
    assertTrue(dump().contains(hex(vector)));
    gallery.remove("Ada Removed");
    assertFalse(dump().contains("Ada Removed"));
    assertFalse(dump().contains(hex(vector)));
    assertTrue(dump().contains("bob"));
  }

  private static String hex(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (byte b : bytes) {
      text.append(String.format("%02x", b));
    }
    return text.toString();
  }

  /** All that the tables hold, as text. */
  private String dump() throws SQLException {
    StringBuilder text = new StringBuilder();
    try (Connection connection = database().getConnection();
        Statement statement = connection.createStatement()) {
      for (String table : List.of("gallery", "person", "face", "change")) {
        try (ResultSet rows = statement.executeQuery("select * from facepipeline_" + table)) {
          int columns = rows.getMetaData().getColumnCount();
          while (rows.next()) {
            for (int i = 1; i <= columns; i++) {
              boolean vector = rows.getMetaData().getColumnName(i).equalsIgnoreCase("vector");
              text.append(vector ? hex(rows.getBytes(i)) : rows.getString(i)).append(' ');
            }
          }
        }
      }
    }
    return text.toString();
  }

  @Test
  void whoIsFarBehindReadsEverythingAnew() throws Exception {
    Gallery first = open("behind");
    BrokenSource broken = new BrokenSource(database());
    Gallery second = open(broken, "behind");
    first.enroll("ada", Faces.faces(2, 1));
    first.enroll("bob", Faces.faces(2, 2));
    await(() -> second.size() == 4);
    broken.breakNow();
    first.remove("ada");
    first.enroll("cy", Faces.faces(1, 3));
    first.enroll("bob", Faces.faces(1, 4));
    first.compact(ProgressListener.NONE); // the list of changes is gone
    assertEquals(2, second.labels().size(), "it answers with what it has");
    broken.mend();
    await(() -> Faces.contents(second).equals(Faces.contents(first)));
    assertEquals(Faces.numbers(second), Faces.numbers(first));
  }

  @Test
  void aDatabaseThatIsAwayIsSaidSoAndReadsGoOn() throws Exception {
    BrokenSource broken = new BrokenSource(database());
    Gallery gallery = open(broken, "away");
    List<Embedding> ada = Faces.faces(1, 1);
    gallery.enroll("ada", ada);
    broken.breakNow();
    GalleryException refused =
        assertThrows(GalleryException.class, () -> gallery.enroll("bob", Faces.faces(1, 2)));
    assertEquals(Reason.UNAVAILABLE, refused.reason());
    assertTrue(refused.getMessage().contains("nothing was changed"), refused.getMessage());
    assertEquals("ada", gallery.classify(ada.get(0)).label());
    assertEquals(List.of("ada"), gallery.labels());
    broken.mend();
    gallery.enroll("bob", Faces.faces(1, 2));
    assertEquals(List.of("ada", "bob"), gallery.labels());
  }

  @Test
  void aPoolThatGivesNothingIsAnUnavailableDatabase() {
    SwitchedSource pool = new SwitchedSource(database());
    Gallery gallery = open(pool.source(), "pool");
    gallery.enroll("ada", Faces.faces(1, 1));
    pool.answer(() -> null);
    assertReason(Reason.UNAVAILABLE, () -> gallery.enroll("bob", Faces.faces(1, 2)));
    pool.answer(
        () -> {
          throw new IllegalStateException("the pool is closed");
        });
    assertReason(Reason.UNAVAILABLE, () -> gallery.enroll("bob", Faces.faces(1, 2)));
    assertReason(Reason.UNAVAILABLE, () -> gallery.compact(ProgressListener.NONE));
    assertReason(Reason.UNAVAILABLE, () -> open(pool.source(), "another"));
    assertEquals("ada", gallery.classify(Faces.faces(1, 1).get(0)).label());
  }

  @Test
  void aClosedGalleryGivesItsConnectionsBack() throws Exception {
    BrokenSource source = new BrokenSource(database());
    JdbcGallery rarely = JdbcGallery.in(source).name("closed").interval(Duration.ofHours(1));
    Gallery gallery = rarely.create(Faces.CARD);
    gallery.enroll("ada", Faces.faces(1, 1));
    await(() -> held(source) == 1); // the one that watches
    gallery.close();
    await(() -> held(source) == 0);
  }

  private static int held(BrokenSource source) {
    try {
      return source.held();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aCommitThatFailsIsLookedAfter() {
    BrokenSource broken = new BrokenSource(database());
    Gallery gallery = open(broken, "commits");
    broken.failNextCommit(true);
    gallery.enroll("saved all the same", Faces.faces(1, 1));
    assertEquals(List.of("saved all the same"), gallery.labels());

    broken.failNextCommit(false);
    GalleryException refused =
        assertThrows(GalleryException.class, () -> gallery.enroll("bob", Faces.faces(1, 2)));
    assertTrue(refused.getMessage().contains("was not saved"), refused.getMessage());
    assertEquals(List.of("saved all the same"), gallery.labels());
    gallery.enroll("cy", Faces.faces(1, 3));
    try (Gallery again = open("commits")) {
      assertEquals(List.of("saved all the same", "cy"), again.labels());
      assertEquals(Faces.contents(gallery), Faces.contents(again));
    }
  }

  @Test
  void whatDoesNotFitIsRefused() throws Exception {
    open("fits").enroll("ada", Faces.faces(1, 1));
    ModelCard other =
        ModelCard.builder("other")
            .embeddingSize(Faces.DIMENSIONS)
            .crop(CropSpec.arcFace(112))
            .sourceSha256("fedcba9876543210")
            .build();
    assertReason(Reason.OTHER_MODEL, () -> JdbcGallery.in(database()).name("fits").create(other));
    assertReason(Reason.NOT_FOUND, () -> JdbcGallery.in(database()).name("none").open());
    assertThrows(
        FacePipelineException.class,
        () -> JdbcGallery.in(database()).name("new").create(other),
        "no threshold");
    try (Gallery named = JdbcGallery.in(database()).name("fits").open()) {
      assertEquals(Faces.CARD.fingerprint(), named.fingerprint());
      assertEquals(List.of("ada"), named.labels());
    }
    assertThrows(
        IllegalArgumentException.class, () -> JdbcGallery.in(database()).name("x".repeat(101)));
    assertThrows(IllegalArgumentException.class, () -> JdbcGallery.in(database()).threshold(2));
    assertThrows(IllegalArgumentException.class, () -> JdbcGallery.in(database()).name("a\u0000b"));
    for (long seconds : new long[] {0, Long.MIN_VALUE, Long.MAX_VALUE}) {
      Duration time = Duration.ofSeconds(seconds);
      assertThrows(IllegalArgumentException.class, () -> JdbcGallery.in(database()).interval(time));
    }
  }

  private static void assertReason(Reason reason, Executable call) {
    assertEquals(reason, assertThrows(GalleryException.class, call).reason());
  }

  @Test
  void olderTablesAreBroughtUpToDateAndNewerOnesRefused() throws Exception {
    open("old").enroll("ada", Faces.faces(1, 1));
    try (Connection connection = database().getConnection();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      List<List<String>> more = new ArrayList<>(Schema.STEPS);
      more.add(List.of("alter table facepipeline_person add column note TEXT"));
      assertEquals(2, new Schema(Dialect.of(connection), more).bringUpToDate(connection));
      statement.executeUpdate("update facepipeline_person set note = 'kept'");
      connection.commit();
      assertEquals(2, new Schema(Dialect.of(connection), more).bringUpToDate(connection));
    }
    GalleryException newer =
        assertThrows(GalleryException.class, () -> JdbcGallery.in(database()).name("old").open());
    assertEquals(Reason.NEWER_FORMAT, newer.reason());
    assertTrue(newer.getMessage().contains("version 2"), newer.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "person set metadata = '{'",
        "person set metadata = ''",
        "person set metadata = 'null'",
        "person set metadata = '{\"team\": null}'",
        "person set metadata = '{\"team\": {}}'",
        "face set vector = SHORT",
        "face set vector = NUMBERS"
      })
  void rowsThatAnotherProgramWroteAreNamed(String change) throws Exception {
    Gallery watching = open("rows");
    open("rows").enroll("ada", Faces.faces(1, 1));
    await(() -> watching.size() == 1);
    try (Connection connection = database().getConnection()) {
      boolean bytes = change.contains("SHORT");
      String statement = change.replaceAll("SHORT|NUMBERS", "?");
      try (PreparedStatement update =
          connection.prepareStatement("update facepipeline_" + statement)) {
        if (statement.endsWith("?")) {
          update.setBytes(1, bytes ? new byte[3] : new byte[Float.BYTES * Faces.DIMENSIONS]);
        }
        assertEquals(1, update.executeUpdate());
      }
    }
    GalleryException refused =
        assertThrows(GalleryException.class, () -> JdbcGallery.in(database()).name("rows").open());
    assertEquals(Reason.DAMAGED, refused.reason());
    assertTrue(refused.getMessage().contains("gallery 'rows'"), refused.getMessage());
    assertTrue(
        refused.getMessage().contains(change.startsWith("person") ? "person 1" : "face 1"),
        refused.getMessage());
    assertEquals("ada", watching.classify(Faces.faces(1, 1).get(0)).label());
  }

  @Test
  void aGalleryThatAnotherProgramDeletedIsSaidSo() throws Exception {
    Gallery gallery = open("deleted");
    gallery.enroll("ada", Faces.faces(1, 1));
    try (Connection connection = database().getConnection();
        Statement statement = connection.createStatement()) {
      for (String table : List.of("change", "face", "person")) {
        statement.executeUpdate("delete from facepipeline_" + table + " where gallery = 'deleted'");
      }
      statement.executeUpdate("delete from facepipeline_gallery where name = 'deleted'");
    }
    assertReason(Reason.NOT_FOUND, () -> gallery.enroll("bob", Faces.faces(1, 2)));
  }

  @Test
  void severalOpenAtOnceInAnEmptyDatabase() {
    DataSource source = database();
    List<CompletableFuture<Gallery>> openings = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      openings.add(
          CompletableFuture.supplyAsync(
              () -> JdbcGallery.in(source).name("race").create(Faces.CARD)));
    }
    for (CompletableFuture<Gallery> opening : openings) {
      Gallery gallery = opening.join();
      opened.add(gallery);
      gallery.enroll("ada", Faces.faces(1, 1));
    }
    assertNotEquals(0, openings.get(5).join().size());
    try (Gallery gallery = open("race")) {
      assertEquals(6, gallery.size());
    }
  }
}
