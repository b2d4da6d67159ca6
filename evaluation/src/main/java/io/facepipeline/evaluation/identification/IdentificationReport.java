package io.facepipeline.evaluation.identification;

import io.facepipeline.Embedding;
import io.facepipeline.evaluation.EvaluationRun;
import io.facepipeline.evaluation.Table;
import io.facepipeline.evaluation.internal.Figures;
import io.facepipeline.evaluation.internal.TableRows;
import io.facepipeline.evaluation.verification.FacePair.PersonPhoto;
import io.facepipeline.evaluation.verification.RocCurve;
import io.facepipeline.evaluation.verification.RocCurve.OperatingPoint;
import io.facepipeline.evaluation.verification.VerificationReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Identification by similarity. Closed set: the cumulative match characteristic, how often the
 * right person is among the k most similar. Open set: the detection and identification rate, how
 * often an enrolled person ranks first and reaches the threshold at which a given share of
 * strangers is falsely accepted. After Phillips, Grother and Micheals, "Evaluation Methods in Face
 * Recognition" (Handbook of Face Recognition, 2011). Immutable.
 *
 * <p>The similarity of a person is that of their most similar photo. A person with exactly the
 * right person's similarity ranks before them, so that ties never help. A probe without a face has
 * no rank and counts in all rates.
 */
public final class IdentificationReport {
  /** The false-accept rates at which the open set is reported. */
  public static final List<Double> FALSE_ACCEPT_RATES = List.of(1e-1, 1e-2, 1e-3);

  /** The ranks that the table reports. */
  private static final List<Integer> RANKS = List.of(1, 2, 5, 10);

  private final List<Probe> probes;
  private final List<Probe> strangers;
  private final int people;
  private final RocCurve openSet;

  /**
   * The identification of one photo.
   *
   * @param photo the photo and the person it shows
   * @param rank the right person's rank, from 1; 0 if the person is not enrolled or there is no
   *     face
   * @param score the similarity of the right person; NaN if the rank is 0
   * @param best the most similar person; null if there is no face
   * @param bestScore that person's similarity; NaN if there is no face
   */
  public record Probe(
      PersonPhoto photo, int rank, double score, @Nullable String best, double bestScore) {
    /**
     * {@return the identification of a photo among enrolled people}
     *
     * @param photo the photo and the person it shows
     * @param face its embedding, if a face was found
     * @param gallery the embeddings of each enrolled person
     */
    public static Probe of(
        PersonPhoto photo, Optional<Embedding> face, Map<String, List<Embedding>> gallery) {
      if (face.isEmpty() || gallery.isEmpty()) {
        return new Probe(photo, 0, Double.NaN, null, Double.NaN);
      }
      Map<String, Double> scores = new TreeMap<>();
      gallery.forEach(
          (person, embeddings) ->
              embeddings.stream()
                  .mapToDouble(e -> e.similarity(face.get()))
                  .max()
                  .ifPresent(score -> scores.put(person, score)));
      Map.Entry<String, Double> best = null;
      for (Map.Entry<String, Double> entry : scores.entrySet()) {
        if (best == null || entry.getValue() > best.getValue()) {
          best = entry;
        }
      }
      if (best == null) {
        return new Probe(photo, 0, Double.NaN, null, Double.NaN);
      }
      Double own = scores.get(photo.person());
      int rank = 0;
      if (own != null) {
        double right = own;
        rank = (int) scores.values().stream().filter(score -> score >= right).count();
      }
      return new Probe(photo, rank, own == null ? Double.NaN : own, best.getKey(), best.getValue());
    }
  }

  private IdentificationReport(List<Probe> probes, List<Probe> strangers, int people) {
    this.probes = List.copyOf(probes);
    this.strangers = List.copyOf(strangers);
    this.people = people;
    openSet =
        RocCurve.of(
            probes.stream()
                .mapToDouble(p -> p.rank() == 1 ? p.score() : Double.NEGATIVE_INFINITY)
                .toArray(),
            strangers.stream()
                .mapToDouble(
                    p -> Double.isNaN(p.bestScore()) ? Double.NEGATIVE_INFINITY : p.bestScore())
                .toArray());
  }

  /**
   * {@return the report of probes}
   *
   * @param probes photos of enrolled people
   * @param strangers photos of people who are not enrolled; empty for a closed set
   * @param people the number of enrolled people
   */
  public static IdentificationReport of(List<Probe> probes, List<Probe> strangers, int people) {
    return new IdentificationReport(probes, strangers, people);
  }

  /**
   * {@return the report of a split whose photos were embedded; enrolled people without any face in
   * their photos match nothing}
   *
   * @param split the gallery and the probes
   * @param photos the photos of the split
   */
  public static IdentificationReport of(
      Split split, Map<Path, EvaluationRun.EvaluatedPhoto> photos) {
    Map<String, List<Embedding>> gallery = new TreeMap<>();
    split
        .gallery()
        .forEach(
            (person, files) ->
                gallery.put(
                    person, files.stream().flatMap(f -> embedding(photos, f).stream()).toList()));
    return of(
        probes(split.probes(), photos, gallery),
        probes(split.strangers(), photos, gallery),
        gallery.size());
  }

  /** {@return the photos of enrolled people} */
  public List<Probe> probes() {
    return probes;
  }

  /** {@return the photos of people who are not enrolled} */
  public List<Probe> strangers() {
    return strangers;
  }

  /** {@return the number of enrolled people} */
  public int people() {
    return people;
  }

  /**
   * {@return how often the right person is among the most similar, 0 to 1; NaN without probes}
   *
   * @param rank how many of the most similar people count, at least 1
   */
  public double identificationRate(int rank) {
    return probes.stream()
        .mapToDouble(p -> p.rank() >= 1 && p.rank() <= rank ? 1 : 0)
        .average()
        .orElse(Double.NaN);
  }

  /** {@return {@link #identificationRate} for each rank from 1 to the number of people} */
  public List<Double> cumulativeMatch() {
    List<Double> rates = new ArrayList<>();
    for (int rank = 1; rank <= people; rank++) {
      rates.add(identificationRate(rank));
    }
    return rates;
  }

  /**
   * {@return the open-set rate: how often an enrolled person ranks first and reaches the lowest
   * threshold that at most a share of the strangers reach; the strangers' photos count as the
   * impostor pairs}
   *
   * @param falseAcceptRate the share of strangers' photos, 0 to 1
   */
  public OperatingPoint detectionAndIdentification(double falseAcceptRate) {
    return openSet.atFalseAcceptRate(falseAcceptRate);
  }

  /** {@return the figures as a table} */
  public Table table() {
    TableRows table = new TableRows("figure", "value", "based on");
    for (int rank : RANKS) {
      if (rank <= people) {
        table.row(
            "rank " + rank,
            Figures.percent(identificationRate(rank)),
            rank == 1 ? probes.size() + " probes of " + people + " people" : "");
      }
    }
    for (double rate : strangers.isEmpty() ? List.<Double>of() : FALSE_ACCEPT_RATES) {
      OperatingPoint point = detectionAndIdentification(rate);
      table.row(
          "DIR at FAR " + Figures.rateName(rate),
          Figures.percent(point.trueAcceptRate()),
          point.falseAccepts()
              + " of "
              + point.impostorPairs()
              + " photos of strangers"
              + (point.isMeasured() ? "" : ", too few for this rate"));
    }
    return table.table();
  }

  /** {@return the figures for JSON: maps, lists and numbers; null if undefined} */
  public Map<String, @Nullable Object> values() {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("people", people);
    values.put("probes", probes.size());
    values.put("strangers", strangers.size());
    values.put("rank1", Figures.orNull(identificationRate(1)));
    values.put("cmc", cumulativeMatch().stream().filter(rate -> !Double.isNaN(rate)).toList());
    Map<String, @Nullable Object> rates = new LinkedHashMap<>();
    List<Object> points = new ArrayList<>();
    for (double rate : strangers.isEmpty() ? List.<Double>of() : FALSE_ACCEPT_RATES) {
      OperatingPoint point = detectionAndIdentification(rate);
      rates.put(Figures.rateKey(rate), Figures.orNull(point.trueAcceptRate()));
      Map<String, @Nullable Object> one = VerificationReport.operatingPoint(point);
      one.put("dir", one.remove("tar"));
      one.put("strangers", one.remove("impostorPairs"));
      points.add(one);
    }
    values.put("dirAtFar", rates);
    values.put("openSet", points);
    return values;
  }

  /**
   * {@return a row per photo: the person it shows, the most similar person, and the right person's
   * rank}
   */
  public Table probeTable() {
    TableRows table = new TableRows("photo", "person", "rank", "mostAlike", "similarity");
    for (List<Probe> list : List.of(probes, strangers)) {
      for (Probe probe : list) {
        table.row(
            probe.photo().file(),
            probe.photo().person(),
            probe.rank(),
            probe.best() == null ? "" : probe.best(),
            probe.best() == null ? "" : Figures.number(probe.bestScore(), 6));
      }
    }
    return table.table();
  }

  private static List<Probe> probes(
      List<PersonPhoto> asked,
      Map<Path, EvaluationRun.EvaluatedPhoto> photos,
      Map<String, List<Embedding>> gallery) {
    return asked.stream()
        .map(photo -> Probe.of(photo, embedding(photos, photo.file()), gallery))
        .toList();
  }

  private static Optional<Embedding> embedding(
      Map<Path, EvaluationRun.EvaluatedPhoto> photos, Path file) {
    EvaluationRun.EvaluatedPhoto photo = photos.get(file);
    if (photo == null) {
      throw new IllegalArgumentException(file + " was not embedded; embed all photos of the split");
    }
    return photo.embedding();
  }

  /**
   * A split of photos into a gallery and probes. Immutable.
   *
   * @param gallery the photos that enroll each person
   * @param probes the other photos of the enrolled people
   * @param strangers the photos of people who are not enrolled
   */
  public record Split(
      Map<String, List<Path>> gallery, List<PersonPhoto> probes, List<PersonPhoto> strangers) {
    /** Creates a split. */
    public Split {
      Map<String, List<Path>> copy = new TreeMap<>();
      gallery.forEach((person, photos) -> copy.put(person, List.copyOf(photos)));
      gallery = Collections.unmodifiableMap(copy);
      probes = List.copyOf(probes);
      strangers = List.copyOf(strangers);
    }

    /**
     * Splits the photos of people at random. People with too few photos for a probe become
     * strangers, together with as many others as the share asks for.
     *
     * @param people the photos of each person
     * @param galleryPhotos how many photos enroll a person, at least 1
     * @param strangerShare the share of people who are not enrolled, 0 to 1, rounded
     * @param seed the same seed gives the same split
     * @return the split
     * @throws IllegalArgumentException if a number is out of range, or nobody can be enrolled and
     *     probed
     */
    public static Split drawn(
        Map<String, List<Path>> people, int galleryPhotos, double strangerShare, long seed) {
      if (galleryPhotos < 1 || !(strangerShare >= 0 && strangerShare <= 1)) {
        throw new IllegalArgumentException(
            "give at least 1 photo to enroll a person and a share of strangers from 0 to 1, got "
                + galleryPhotos
                + " and "
                + strangerShare);
      }
      Random random = new Random(seed);
      List<String> names = new ArrayList<>(people.keySet());
      Collections.sort(names);
      Collections.shuffle(names, random);
      // Stable: first those who can only be strangers.
      names.sort(
          (a, b) ->
              Boolean.compare(
                  canBeEnrolled(people, a, galleryPhotos),
                  canBeEnrolled(people, b, galleryPhotos)));
      long wanted = Math.round(strangerShare * names.size());
      Map<String, List<Path>> gallery = new TreeMap<>();
      List<PersonPhoto> probes = new ArrayList<>();
      List<PersonPhoto> strangers = new ArrayList<>();
      int notEnrolled = 0;
      for (String name : names) {
        List<Path> photos = new ArrayList<>(people.getOrDefault(name, List.of()));
        Collections.shuffle(photos, random);
        if (notEnrolled < wanted || !canBeEnrolled(people, name, galleryPhotos)) {
          notEnrolled++;
          photos.forEach(photo -> strangers.add(new PersonPhoto(name, photo)));
        } else {
          gallery.put(name, photos.subList(0, galleryPhotos));
          photos
              .subList(galleryPhotos, photos.size())
              .forEach(photo -> probes.add(new PersonPhoto(name, photo)));
        }
      }
      if (probes.isEmpty()) {
        throw new IllegalArgumentException(
            "nobody has enough photos to be enrolled with "
                + galleryPhotos
                + " photos and probed with another one; add photos, enroll with fewer, or ask for"
                + " fewer strangers");
      }
      return new Split(gallery, probes, strangers);
    }

    private static boolean canBeEnrolled(
        Map<String, List<Path>> people, String name, int galleryPhotos) {
      return people.getOrDefault(name, List.of()).size() > galleryPhotos;
    }
  }
}
