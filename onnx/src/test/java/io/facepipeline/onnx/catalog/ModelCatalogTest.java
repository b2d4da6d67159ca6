package io.facepipeline.onnx.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.CropSpec;
import io.facepipeline.ModelCard;
import io.facepipeline.ModelCard.CommercialUse;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.ModelNotFoundException;
import io.facepipeline.onnx.catalog.CatalogEntry.Kind;
import io.facepipeline.onnx.store.PublishedFile;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What entries say, what is wrong with those that cannot be used, and where they are found. */
class ModelCatalogTest {
  private static final String HASH = "0123456789abcdef".repeat(4);

  private static final String EMBEDDER =
      """
      {
        "id": "theirs",
        "kind": "face-embedder",
        "architecture": "IR-50",
        "files": [{
          "name": "theirs.pth", "size": 12, "sha256": "HASH",
          "download": "https://example.org/theirs.pth",
          "alternatives": [{"name": "theirs_half.pth"}]
        }],
        "origin": "github.com/them/faces",
        "license": {"name": "research only", "url": "https://example.org/terms", "restricted": true},
        "crop": {"width": 112, "height": 112, "rule": "arcface"},
        "colorOrder": "BGR",
        "mean": [1, 2, 3],
        "deviation": [128],
        "embeddingSize": 256,
        "accuracy": {"benchmark": "LFW", "percent": 99.5, "source": "their README"},
        "thresholds": {"verification": 0.3, "identification": 0.4, "impostorPairs": 7, "data": "LFW"}
      }
      """
          .replace("HASH", HASH);

  private static final String ATTRIBUTE =
      """
      {
        "id": "mask",
        "kind": "face-attribute",
        "attribute": "mask",
        "architecture": "MaskNet",
        "format": "onnx",
        "files": [
          {"name": "near.onnx"},
          {"name": "far.onnx", "crop": {"width": 64, "height": 64, "rule": "scaled-box 4"}, "mean": [9]}
        ],
        "origin": "github.com/them/masks",
        "license": "MIT",
        "crop": {"width": 80, "height": 80, "rule": "scaled-box 2 square"},
        "colorOrder": "RGB",
        "mean": [0],
        "deviation": [1],
        "classes": ["mask", "none"],
        "output": "probabilities"
      }
      """;

  @TempDir Path folder;

  private static CatalogEntry entry(String json) {
    return ModelCatalog.parse("test", json).entries().get(0);
  }

  @Test
  void anEmbeddersEntryIsAllThatACardSays() {
    CatalogEntry entry = entry(EMBEDDER);
    assertEquals("theirs", entry.id());
    assertEquals(Kind.FACE_EMBEDDER, entry.kind());
    assertEquals("IR-50", entry.architecture());
    assertFalse(entry.isOnnx());
    assertEquals(List.of("theirs.pth", "theirs_half.pth"), entry.file().names());
    assertEquals("theirs", entry.file().id());
    assertEquals(12, entry.file().usual().size());
    assertEquals(
        Optional.of(URI.create("https://example.org/theirs.pth")), entry.file().downloadable());
    assertEquals(
        new PublishedFile.License("research only", "https://example.org/terms", CommercialUse.NO),
        entry.file().license());
    assertEquals(CropSpec.arcFace(112), entry.input().crop());
    assertEquals(ModelCard.ColorOrder.BGR, entry.input().colorOrder());
    assertEquals(List.of(1f, 2f, 3f), entry.input().mean());
    assertEquals(List.of(128f), entry.input().deviation());
    assertEquals(256, entry.embeddingSize());
    assertEquals(
        Optional.of(new CatalogEntry.Accuracy("LFW", 99.5, "their README")), entry.accuracy());
    assertEquals(Optional.of(new ModelCard.Thresholds(0.3f, 0.4f, 7, "LFW")), entry.thresholds());
    assertTrue(entry.isPublishedAs(HASH));
    assertFalse(entry.isPublishedAs(HASH.replace('0', '1')));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"restricted\": true              | NO",
        "\"commercialUse\": \"no\"         | NO",
        "\"commercialUse\": \"yes\"        | YES",
        "\"commercialUse\": \"unstated\"   | UNSTATED",
        "\"restricted\": false             | UNSTATED",
      })
  void whatAuthorsSayOfCommercialUse(String key, CommercialUse use) {
    CatalogEntry entry = entry(EMBEDDER.replace("\"restricted\": true", key));
    assertEquals(use, entry.file().license().commercialUse());
    assertEquals(use == CommercialUse.NO, entry.file().license().restricted());
    assertEquals(Optional.empty(), entry.trainedOn());
    assertEquals(
        Optional.of("their photos"),
        entry(EMBEDDER.replace("\"kind\"", "\"trainedOn\": \"their photos\", \"kind\""))
            .trainedOn());
  }

  @Test
  void whitenedImagesHaveNoMeanAndDeviation() {
    String scaling = "\"mean\": [0],\n  \"deviation\": [1],";
    assertTrue(ATTRIBUTE.contains(scaling), "the entry is another");
    CatalogEntry entry =
        entry(ATTRIBUTE.replace(scaling, "\"whitened\": true,").replace(", \"mean\": [9]", ""));
    assertEquals(
        List.of(true, true), entry.inputs().stream().map(CatalogEntry.Input::whitened).toList());
    assertEquals(List.of(0f), entry.input().mean());
    assertEquals(List.of(1f), entry.input().deviation());
    CatalogEntry one = entry(ATTRIBUTE.replace(", \"mean\": [9]", ", \"whitened\": true"));
    assertEquals(
        List.of(false, true), one.inputs().stream().map(CatalogEntry.Input::whitened).toList());
    String both = ATTRIBUTE.replace(scaling, scaling + " \"whitened\": true,");
    String message = assertThrows(MalformedModelException.class, () -> entry(both)).getMessage();
    assertTrue(message.contains("keep one"), message);
  }

  @Test
  void eachFileMayBeFedInItsOwnWay() {
    CatalogEntry entry = entry(ATTRIBUTE);
    assertTrue(entry.isOnnx());
    assertEquals(Optional.of("mask"), entry.attribute());
    assertEquals(List.of("mask", "none"), entry.classes());
    assertEquals("\"probabilities\"", entry.output());
    assertEquals(PublishedFile.License.MIT, entry.file().license());
    assertEquals(
        List.of("80x80 by scaled-box 2.0 square", "64x64 by scaled-box 4.0"),
        entry.inputs().stream().map(i -> i.crop().toString()).toList());
    assertEquals(
        List.of(List.of(0f), List.of(9f)),
        entry.inputs().stream().map(CatalogEntry.Input::mean).toList());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"theirs\",                | \"theirs\", \"size\": 3,      | unknown key \"size\"",
        "\"kind\": \"face-embedder\"| \"kind\": \"embedder\"        | face-embedder, image-class",
        "\"architecture\": \"IR-50\",|                              | no \"architecture\"",
        "\"size\": 12               | \"size\": \"a dozen\"         | a dozen",
        "\"size\": 12               | \"bytes\": 12                 | unknown key \"bytes\"",
        "0123456789abcdef0123       | xyz                           | hexadecimal",
        "https://example.org/theirs | file:///theirs                | https",
        "\"restricted\": true       | \"free\": true                | unknown key \"free\"",
        "\"restricted\": true       | \"commercialUse\": \"maybe\"  | [yes, no, unstated]",
        "\"restricted\": true       | \"restricted\": true, \"commercialUse\": \"yes\" | leave one",
        "\"rule\": \"arcface\"      | \"rule\": \"arc\"             | not a crop rule",
        "\"BGR\"                    | \"BRG\"                       | BRG",
        "[1, 2, 3]                  | [1, 2]                        | mean of BGR",
        "[128]                      | [0]                           | deviation must not be 0",
        "\"embeddingSize\": 256,    |                               | no \"embeddingSize\"",
        "\"verification\": 0.3      | \"verification\": 3           | cosine",
      })
  void whatIsWrongIsNamed(String right, String wrong, String said) {
    String json = EMBEDDER.replace(right, wrong == null ? "" : wrong);
    assertFalse(json.equals(EMBEDDER), right);
    MalformedModelException e =
        assertThrows(MalformedModelException.class, () -> ModelCatalog.parse("a file", json));
    assertTrue(e.getMessage().contains(said), e.getMessage());
    assertTrue(e.getMessage().contains("a file"), e.getMessage());
    assertTrue(e.getMessage().contains("theirs"), e.getMessage());
  }

  @Test
  void whatIsNoCatalogIsNamed() throws IOException {
    for (String json : List.of("[]", "", "{", "{\"models\": {}}", "{\"models\": [1]}")) {
      MalformedModelException e =
          assertThrows(MalformedModelException.class, () -> ModelCatalog.parse("a file", json));
      assertTrue(e.getMessage().contains("a file"), e.getMessage());
    }
    Path none = folder.resolve("none.json");
    assertTrue(
        assertThrows(ModelNotFoundException.class, () -> ModelCatalog.read(none))
            .getMessage()
            .contains("none.json"));
    Path one = Files.writeString(folder.resolve("one.json"), EMBEDDER);
    assertEquals("[theirs]", ModelCatalog.read(one).entries().toString());
  }

  @Test
  void entriesAreSortedByKindAndFoundById() {
    ModelCatalog both =
        ModelCatalog.parse("both", "{\"models\": [" + ATTRIBUTE + "," + EMBEDDER + "]}");
    assertEquals("[theirs, mask]", both.entries().toString());
    assertEquals("[mask]", both.entries(Kind.FACE_ATTRIBUTE).toString());
    assertEquals("mask", both.require(Kind.FACE_ATTRIBUTE, "mask").id());
    assertEquals(Optional.empty(), both.entry("nobody's"));
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> both.require(Kind.FACE_EMBEDDER, "mask"));
    assertTrue(e.getMessage().contains("[theirs]"), e.getMessage());
  }

  @Test
  void anIdHasOneMeaning() {
    ModelCatalog one = ModelCatalog.parse("one", EMBEDDER);
    assertEquals("[theirs]", one.and(ModelCatalog.parse("again", EMBEDDER)).entries().toString());
    ModelCatalog other = ModelCatalog.parse("two", EMBEDDER.replace("99.5", "99.6"));
    MalformedModelException e = assertThrows(MalformedModelException.class, () -> one.and(other));
    for (String said : List.of("theirs", "one", "two")) {
      assertTrue(e.getMessage().contains(said), e.getMessage());
    }
  }

  /** What a program sees whose class path has another folder. */
  private static <T> T with(Path more, Supplier<T> seen) throws IOException {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {more.toUri().toURL()}, before)) {
      thread.setContextClassLoader(loader);
      return seen.get();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Test
  void aResourceOnTheClassPathAddsEntries() throws IOException {
    Path resource = folder.resolve(ModelCatalog.RESOURCE);
    Files.createDirectories(resource.getParent());
    Files.writeString(resource, "{\"models\": [" + EMBEDDER + "]}");
    assertEquals(
        Optional.of("theirs"),
        with(folder, () -> ModelCatalog.installed().entry("theirs").map(CatalogEntry::id)));
    assertEquals(Optional.empty(), ModelCatalog.installed().entry("theirs"));

    Files.writeString(resource, "{\"models\": [{\"id\": \"broken\"}]}");
    MalformedModelException e =
        assertThrows(MalformedModelException.class, () -> with(folder, ModelCatalog::installed));
    assertTrue(e.getMessage().contains("broken"), e.getMessage());
    assertTrue(e.getMessage().contains(ModelCatalog.RESOURCE), e.getMessage());
  }
}
