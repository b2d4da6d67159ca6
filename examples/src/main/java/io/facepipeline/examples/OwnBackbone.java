// A backbone of one's own: an architecture (CosineWaves), a checkpoint, and an entry in a catalog.
// Run: mvn -q -Dquick -pl examples -am process-classes -Dexample=OwnBackbone
// The entry stands in META-INF/facepipeline/catalog.json. With your photo: add -Dexec.args=PHOTO
package io.facepipeline.examples;

import io.facepipeline.FacePipeline;
import io.facepipeline.Image;
import io.facepipeline.PhotoFolder;
import io.facepipeline.embedding.Backbone;
import io.facepipeline.gallery.Gallery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

public final class OwnBackbone {
  private OwnBackbone() {}

  public static void main(String[] args) throws IOException {
    Path photo = args.length > 0 ? Path.of(args[0]) : SampleAlbum.path("groups/group_3.jpg");
    Path file =
        CosineWaves.checkpoint(
            Files.createTempDirectory("own").resolve("cosine_waves.safetensors"));
    try (FacePipeline faces =
        FacePipeline.builder()
            .embedder(() -> Backbone.named("cosine-waves").orElseThrow().load(file))
            .classifier(Gallery.inMemory(0.75f)) // a threshold of one's own
            .build()) {
      PhotoFolder.scan(SampleAlbum.path("people"))
          .people()
          .forEach((name, photos) -> faces.enroll(name, Image.read(photos.get(0))));
      faces.identify(Image.read(photo)).forEach(System.out::println);
    }
  }
}
