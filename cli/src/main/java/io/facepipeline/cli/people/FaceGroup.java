package io.facepipeline.cli.people;

import io.facepipeline.Embedding;
import io.facepipeline.Image;
import io.facepipeline.classify.cluster.FaceAlbum;
import io.facepipeline.classify.cluster.FaceClustering;
import io.facepipeline.cli.output.PhotoResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** A person's faces, or those that are nobody's. */
record FaceGroup(String name, List<Found> faces) {
  /** The name of those that are nobody's. */
  static final String ALONE = "alone";

  /** A face, whose photo it is in, and how it looks. */
  record Found(Path photo, PhotoResult.FaceResult result, Embedding embedding, Image thumbnail) {
    FaceAlbum.Place place() {
      return new FaceAlbum.Place(photo.toString(), result.face.box());
    }
  }

  /** The people of an album; their names, where they have one, as folders can be called. */
  static List<FaceGroup> of(FaceAlbum album, List<Found> found) {
    Map<FaceAlbum.Place, Found> byPlace = new HashMap<>();
    found.forEach(face -> byPlace.put(face.place(), face));
    List<FaceGroup> groups = new ArrayList<>();
    Set<String> taken = new HashSet<>(Set.of(ALONE));
    for (FaceAlbum.Person person : album.people()) {
      String name = name(person.id());
      if (person.name() != null) {
        // A name becomes a folder's.
        name = person.name().strip().replaceAll("[/\\\\:*?\"<>|\\p{Cntrl}]|^\\.+", "_");
      }
      // What another person is called may look like a name made different from one before.
      while (!taken.add(name.toLowerCase(Locale.ROOT))) {
        name += "-" + person.id();
      }
      groups.add(
          new FaceGroup(
              name,
              person.faces().stream().map(byPlace::get).map(Objects::requireNonNull).toList()));
    }
    return groups;
  }

  /** The clusters, and at the end those that are nobody's. */
  static List<FaceGroup> of(FaceClustering clustering, List<Found> found) {
    FaceClustering.Clusters clusters =
        clustering.cluster(found.stream().map(Found::embedding).toList());
    List<FaceGroup> groups = new ArrayList<>();
    for (int cluster = 0; cluster < clusters.count(); cluster++) {
      groups.add(new FaceGroup(name(cluster + 1), some(clusters.members(cluster), found)));
    }
    if (!clusters.alone().isEmpty()) {
      groups.add(new FaceGroup(ALONE, some(clusters.alone(), found)));
    }
    return groups;
  }

  private static List<Found> some(List<Integer> indices, List<Found> found) {
    return indices.stream().map(found::get).toList();
  }

  private static String name(int person) {
    return String.format(Locale.ROOT, "person_%03d", person);
  }
}
