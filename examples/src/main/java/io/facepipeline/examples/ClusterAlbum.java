// Sorts the faces of an album by person, though nobody is named.
// Run: mvn -q -Dquick -pl examples -am process-classes -Dexample=ClusterAlbum
// With your photos: add -Dexec.args=FOLDER
package io.facepipeline.examples;

import io.facepipeline.EmbeddedFace;
import io.facepipeline.Embedding;
import io.facepipeline.FacePipeline;
import io.facepipeline.ImageSource;
import io.facepipeline.Outcome;
import io.facepipeline.PhotoFolder;
import io.facepipeline.classify.cluster.FaceClustering;
import io.facepipeline.classify.cluster.FaceClustering.Clusters;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

public final class ClusterAlbum {
  private ClusterAlbum() {}

  public static void main(String[] args) {
    Path album = args.length > 0 ? Path.of(args[0]) : SampleAlbum.path("");
    List<String> photos = new ArrayList<>(); // of each face
    List<Embedding> embeddings = new ArrayList<>();
    try (FacePipeline faces = FacePipeline.builder().withoutClassifier().build();
        Stream<Outcome<List<EmbeddedFace>>> found =
            faces.embedEach(PhotoFolder.scan(album).photos().stream().map(ImageSource::of))) {
      found
          .filter(Outcome::isPresent)
          .forEach(
              photo -> {
                for (EmbeddedFace face : photo.get()) {
                  photos.add(Path.of(photo.name()).getFileName().toString());
                  embeddings.add(face.embedding());
                }
              });
      float threshold = faces.card().identificationThreshold();
      Clusters clusters = FaceClustering.averageLinkage(threshold).cluster(embeddings);
      for (int i = 0; i < clusters.count(); i++) {
        System.out.println(
            "person " + (i + 1) + ": " + clusters.members(i).stream().map(photos::get).toList());
      }
      System.out.println("seen once: " + clusters.alone().stream().map(photos::get).toList());
    }
  }
}
