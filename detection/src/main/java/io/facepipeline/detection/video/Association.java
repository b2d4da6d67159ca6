package io.facepipeline.detection.video;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which track has which face, the surest pair first. Not the assignment with the largest sum
 * (Hungarian): that one gives up a sure pair to save two doubtful ones, and a face that is wrongly
 * taken for another is worse than one that is found again at the next detection.
 */
final class Association {
  /**
   * A track that could have a face.
   *
   * @param track the track
   * @param face the face's index
   * @param affinity how well they go together; only comparisons mean something
   */
  record Pair(Track track, int face, double affinity) {}

  private Association() {}

  /** The pairs that are left when each track and each face is given once. */
  static List<Pair> choose(List<Pair> pairs) {
    List<Pair> sorted = new ArrayList<>(pairs);
    sorted.sort(
        Comparator.comparingDouble(Pair::affinity)
            .reversed()
            .thenComparingInt(pair -> pair.track().id));
    Set<Track> tracks = new HashSet<>();
    Set<Integer> faces = new HashSet<>();
    List<Pair> chosen = new ArrayList<>();
    for (Pair pair : sorted) {
      if (!tracks.contains(pair.track()) && !faces.contains(pair.face())) {
        tracks.add(pair.track());
        faces.add(pair.face());
        chosen.add(pair);
      }
    }
    return chosen;
  }

  /** Whether a track or a face of the pair is in another pair too. */
  static boolean isContested(Pair pair, List<Pair> pairs) {
    return pairs.stream()
            .filter(other -> other.track() == pair.track() || other.face() == pair.face())
            .count()
        > 1;
  }
}
