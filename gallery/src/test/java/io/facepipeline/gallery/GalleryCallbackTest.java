package io.facepipeline.gallery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Embedding;
import io.facepipeline.Enrollment;
import io.facepipeline.ProgressListener;
import io.facepipeline.gallery.GalleryQuery.Aggregation;
import io.facepipeline.gallery.GalleryScript.Contents;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every method, called from every callback, is refused at once or does what it always does. */
@Timeout(120)
final class GalleryCallbackTest {
  @TempDir static Path root;

  private static final AtomicInteger FOLDERS = new AtomicInteger();

  /** Something that is done with a gallery. */
  @FunctionalInterface
  interface Call {
    void on(Gallery gallery) throws Exception;
  }

  /** Something that calls back. */
  @FunctionalInterface
  interface Caller {
    void call(Gallery gallery, Runnable callback) throws Exception;
  }

  private static Path fresh(String name) {
    return root.resolve(FOLDERS.incrementAndGet() + name);
  }

  private static Embedding face(int seed) {
    return GalleryScript.face(seed);
  }

  private static Map<String, Call> calls() {
    Map<String, Call> calls = new LinkedHashMap<>();
    calls.put("fingerprint", Gallery::fingerprint);
    calls.put("dimensions", Gallery::dimensions);
    calls.put("threshold", Gallery::threshold);
    calls.put("isReadOnly", g -> assertFalse(g.isReadOnly()));
    calls.put("recovery", Gallery::recovery);
    calls.put("toString", g -> assertTrue(g.toString().contains("people")));
    calls.put("labels", g -> assertTrue(g.labels().size() > 2));
    calls.put("people", g -> assertTrue(g.people().size() > 2));
    calls.put("person", g -> assertTrue(g.person("bob").isPresent()));
    calls.put("size", g -> assertTrue(g.size() > 2));
    calls.put("faces", g -> assertEquals(2, g.faces("bob").size()));
    calls.put("embeddings", g -> assertEquals(face(2), g.embeddings("bob").get(0)));
    calls.put("stats", g -> assertEquals(g.size(), g.stats().faces()));
    calls.put("classify", g -> assertEquals("bob", g.classify(face(2)).label()));
    calls.put(
        "classifyAll", g -> assertEquals("bob", g.classifyAll(List.of(face(2))).get(0).label()));
    calls.put("search", g -> assertEquals("bob", g.search(face(2), 1).get(0).label()));
    calls.put(
        "searchAll",
        g ->
            assertEquals(
                "bob",
                g.searchAll(List.of(face(2)), GalleryQuery.top(1).withFilter(p -> true))
                    .get(0)
                    .get(0)
                    .label()));
    calls.put("enroll", g -> g.enroll("new", List.of(face(50))));
    calls.put(
        "enrollAll",
        g ->
            g.enrollAll(
                List.of(
                    Enrollment.of("new", List.of(face(51))),
                    new Enrollment("ada", List.of(face(52)), Map.of("k", "2")))));
    calls.put("replace", g -> g.replace(Enrollment.of("ada", List.of(face(53)))));
    calls.put("remove", g -> assertEquals(2, g.remove("ada")));
    calls.put("removeFace", g -> assertTrue(g.removeFace(g.faces("ada").get(0).id())));
    calls.put("merge", g -> g.merge("ada", "cid"));
    calls.put("setMetadata", g -> g.setMetadata("ada", Map.of("noted", "yes")));
    calls.put("compact", g -> g.compact(ProgressListener.NONE));
    calls.put("close", Gallery::close);
    calls.put("exportTo", g -> g.exportTo(fresh("again.csv"), ProgressListener.NONE));
    calls.put("importFrom", g -> g.importFrom(file(), ProgressListener.NONE));
    return calls;
  }

  private static Map<String, Caller> callers() {
    Map<String, Caller> callers = new LinkedHashMap<>();
    callers.put("compact", (g, c) -> g.compact((done, all, item) -> c.run()));
    for (String end : List.of(".csv", ".npz")) {
      callers.put(
          "export" + end,
          (g, c) -> {
            Contents before = Contents.of(g);
            Path file = fresh("people" + end);
            g.exportTo(file, (done, all, item) -> c.run());
            try (Gallery copy = Gallery.inMemory(CrashRounds.card(), 0.5f)) {
              copy.importFrom(file, ProgressListener.NONE);
              assertTrue(Contents.of(copy).sameAs(before), "exported as it was when it began");
            }
          });
    }
    callers.put("import", (g, c) -> g.importFrom(file(), (done, all, item) -> c.run()));
    for (GalleryQuery query :
        List.of(
            GalleryQuery.top(3),
            GalleryQuery.top(300),
            GalleryQuery.top(3).withAggregation(Aggregation.MEAN))) {
      callers.put(
          "filter of " + query.count() + " " + query.aggregation(),
          (g, c) ->
              g.searchAll(
                  List.of(face(2), face(3)),
                  query.withFilter(
                      p -> {
                        c.run();
                        return true;
                      })));
    }
    return callers;
  }

  /** A file with one more person. */
  private static Path file() {
    Path file = fresh("more.npz");
    try (Gallery more = Gallery.inMemory(CrashRounds.card(), 0.5f)) {
      more.enroll("imported", List.of(face(60)));
      more.exportTo(file, ProgressListener.NONE);
    }
    return file;
  }

  private static void fill(Gallery gallery) {
    gallery.enroll("gone", List.of(face(9)));
    gallery.enrollAll(
        List.of(
            new Enrollment("ada", List.of(face(0), face(1)), Map.of("k", "1")),
            Enrollment.of("bob", List.of(face(2), face(3))),
            Enrollment.of("cid", List.of(face(4)))));
    gallery.remove("gone");
  }

  @Test
  void theListOfCallsIsComplete() {
    Set<String> methods =
        Arrays.stream(Gallery.class.getMethods())
            .filter(m -> m.getDeclaringClass() != Object.class)
            .filter(m -> !Modifier.isStatic(m.getModifiers()))
            .map(Method::getName)
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(methods, new TreeSet<>(calls().keySet()));
  }

  @TestFactory
  List<DynamicTest> everyCallFromEveryCallback() {
    List<DynamicTest> tests = new ArrayList<>();
    callers()
        .forEach(
            (caller, calling) ->
                calls()
                    .forEach(
                        (call, called) ->
                            tests.add(
                                DynamicTest.dynamicTest(
                                    call + " from " + caller, () -> run(calling, called)))));
    return tests;
  }

  private static void run(Caller caller, Call called) throws Exception {
    Path folder = fresh("gallery");
    Contents expected;
    try (Gallery gallery = CrashRounds.open(folder);
        Gallery twin = Gallery.inMemory(CrashRounds.card(), 0.5f)) {
      fill(gallery);
      fill(twin);
      AtomicInteger times = new AtomicInteger();
      @Nullable Exception[] refusal = {null};
      boolean[] returned = {false};
      try {
        caller.call(
            gallery,
            () -> {
              if (times.getAndIncrement() == 0) {
                try {
                  called.on(gallery);
                  returned[0] = true;
                } catch (Exception e) {
                  refusal[0] = e;
                }
              }
            });
      } catch (IllegalStateException e) {
        assertTrue(isClosed(gallery) && e.getMessage().contains("closed"), e.toString());
      }
      assertTrue(times.get() > 0, "called back");
      if (refusal[0] != null) {
        assertEquals(IllegalStateException.class, refusal[0].getClass(), refusal[0].toString());
        assertTrue(refusal[0].getMessage().contains("listener cannot change"));
      }
      // The same, one after the other.
      caller.call(twin, () -> {});
      if (returned[0]) {
        Call plain = called;
        if (!isClosed(gallery)) {
          plain.on(twin);
        }
      }
      expected = Contents.of(twin);
      if (!isClosed(gallery)) {
        assertTrue(Contents.of(gallery).sameAs(expected), "in memory");
        for (GalleryPerson person : gallery.people()) {
          Embedding probe = gallery.embeddings(person.label()).get(0);
          assertEquals(person.label(), gallery.search(probe, 1).get(0).label());
        }
      }
    }
    try (Gallery gallery = CrashRounds.open(folder)) {
      assertTrue(gallery.recovery().orElseThrow().isClean());
      assertTrue(Contents.of(gallery).sameAs(expected), "opened again");
    }
  }

  private static boolean isClosed(Gallery gallery) {
    try {
      gallery.size();
      return false;
    } catch (IllegalStateException e) {
      return true;
    }
  }

  @Test
  void aFilterMayWaitForAnotherThreadsChange() {
    try (Gallery gallery = Gallery.inMemory(CrashRounds.card(), 0.5f)) {
      fill(gallery);
      assertEquals(
          "ada",
          gallery
              .search(
                  face(0),
                  GalleryQuery.top(1)
                      .withFilter(
                          person -> {
                            CompletableFuture.runAsync(() -> gallery.remove(person.label())).join();
                            return true;
                          }))
              .get(0)
              .label());
      assertEquals(List.of("bob", "cid"), gallery.labels());
    }
  }

  @Test
  void aFilterIsAskedOnceForAPersonAndTheMostAlikeFirst() {
    try (Gallery gallery = Gallery.inMemory(CrashRounds.card(), 0.5f)) {
      for (int i = 0; i < 300; i++) {
        gallery.enroll("p" + i, List.of(face(i), face(1000 + i)));
      }
      List<String> order =
          gallery.search(face(7), 300).stream().map(candidate -> candidate.label()).toList();
      List<String> asked = new ArrayList<>();
      var found =
          gallery.search(
              face(7),
              GalleryQuery.top(4).withFilter(p -> asked.add(p.label()) && asked.size() > 10));
      assertEquals(order.subList(0, 14), asked);
      assertEquals(
          order.subList(10, 14), found.stream().map(candidate -> candidate.label()).toList());
    }
  }

  @Test
  void whatAListenerThrowsComesOutAndNothingHasChanged() {
    Path folder = fresh("gallery");
    try (Gallery gallery = CrashRounds.open(folder)) {
      fill(gallery);
      Contents before = Contents.of(gallery);
      RuntimeException thrown = new RuntimeException("enough");
      ProgressListener throwing =
          (done, all, item) -> {
            throw thrown;
          };
      assertEquals(thrown, assertThrows(RuntimeException.class, () -> gallery.compact(throwing)));
      Path file = fresh("people.csv");
      assertEquals(
          thrown, assertThrows(RuntimeException.class, () -> gallery.exportTo(file, throwing)));
      assertTrue(java.nio.file.Files.notExists(file));
      gallery.compact(ProgressListener.NONE);
      assertTrue(Contents.of(gallery).sameAs(before));
    }
  }
}
