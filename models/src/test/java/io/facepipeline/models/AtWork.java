package io.facepipeline.models;

import io.facepipeline.Embedding;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.FacePipeline;
import io.facepipeline.Image;
import io.facepipeline.gallery.Gallery;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.onnx.store.PublishedFile;
import io.facepipeline.testkit.SharedData;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A process that uses the library as a program does; others look at what it leaves. */
final class AtWork {
  static final String DONE = "done";

  private AtWork() {}

  /**
   * Runs.
   *
   * @param args the folder of a gallery, and the address of a model, or "-" for none: then it waits
   *     to be killed
   */
  public static void main(String[] args) throws Exception {
    try (FacePipeline faces = FacePipeline.create();
        FaceEmbedder embedder = DefaultModels.embedder();
        Gallery gallery = Gallery.open(Path.of(args[0]), embedder.card())) {
      faces.enroll("ada", Image.read(SharedData.album("people/ada/ada_1.jpg")));
      faces.identify(Image.read(SharedData.album("groups/group_1.jpg")));
      List<Embedding> embeddings =
          faces.embed(Image.read(SharedData.album("people/ada/ada_2.jpg"))).stream()
              .map(face -> face.embedding())
              .toList();
      gallery.enroll("ada", embeddings);
      gallery.search(embeddings.get(0), 1);
    }
    if (args[1].equals("-")) {
      System.out.println(DONE);
      System.out.flush();
      System.in.read();
      return;
    }
    PublishedFile file =
        new PublishedFile(
            "net",
            List.of(PublishedFile.Version.named("net.pt")),
            "the test",
            PublishedFile.License.MIT,
            URI.create(args[1]));
    ModelStore store = ModelStore.fromEnvironment();
    store.require(List.of(file));
    Path made =
        store.converted().get("net", List.of("x"), out -> out.write(ByteBuffer.wrap(new byte[8])));
    if (Files.size(made) != 8) {
      throw new IllegalStateException(made + " is incomplete");
    }
    System.out.println(DONE);
  }
}
