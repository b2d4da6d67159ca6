package io.facepipeline.evaluation.verification;

import io.facepipeline.FacePipelineException;
import io.facepipeline.evaluation.internal.NeighborFolds;
import io.facepipeline.evaluation.verification.FacePair.PersonPhoto;
import io.facepipeline.internal.TextFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Reads the pairs of a verification protocol from a file, or draws them from a folder per person.
 */
final class VerificationPairs {
  private static final List<String> SUFFIXES = List.of(".jpg", ".jpeg", ".png");
  private static final int LEAST_PEOPLE_OF_A_FOLD = 2;

  private VerificationPairs() {}

  /** As {@link FacePair#lfw}. */
  static List<FacePair> lfw(Path pairs, Path images) {
    return lfw(pairs, lines(pairs), images);
  }

  private static List<String> lines(Path pairs) {
    try {
      return TextFile.lines(pairs).stream().map(String::strip).toList();
    } catch (IOException e) {
      throw new FacePipelineException(
          "cannot read the pairs "
              + pairs
              + "; give a text file in LFW's format: "
              + e.getMessage(),
          e);
    }
  }

  private static List<FacePair> lfw(Path pairs, List<String> lines, Path images) {
    int[] header = header(pairs, lines);
    int folds = header[0];
    int each = header[1];
    long wanted = 1 + 2L * folds * each;
    long present = lines.stream().filter(line -> !line.isEmpty()).count();
    if (present != wanted) {
      throw malformed(
          pairs,
          1,
          folds
              + " folds of 2 x "
              + each
              + " pairs need "
              + wanted
              + " lines, but there are "
              + present);
    }
    List<FacePair> read = new ArrayList<>();
    for (int i = 0; i < 2 * folds * each; i++) {
      boolean same = i % (2 * each) < each;
      read.add(pair(pairs, i + 2, lines.get(i + 1), images, same, i / (2 * each)));
    }
    return requireAny(pairs, images, read);
  }

  /**
   * Reads pairs in LFW's format, or a line a pair: two files and 1 for the same person or 0,
   * separated by tabs, commas or spaces. Such pairs are in ten folds of neighbors.
   */
  static List<FacePair> read(Path pairs, Path images) {
    List<String> lines = lines(pairs);
    if (lines.isEmpty() || lines.get(0).matches("\\d+(\\s+\\d+)?")) {
      return lfw(pairs, lines, images);
    }
    long wanted = lines.stream().filter(line -> !line.isEmpty()).count();
    List<FacePair> read = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (!line.isEmpty()) {
        String separator = line.contains("\t") ? "\t" : line.contains(",") ? "," : "\\s+";
        String[] fields = line.split(separator, -1);
        String same = fields[fields.length - 1].strip();
        if (fields.length != 3 || !(same.equals("0") || same.equals("1"))) {
          throw new FacePipelineException(
              pairs
                  + ", line "
                  + (i + 1)
                  + ": a pair is two files and 1 for the same person or 0, got "
                  + line
                  + "; give such a list, or a file in LFW's pairs format");
        }
        read.add(
            new FacePair(
                listed(pairs, i + 1, images, fields[0].strip()),
                listed(pairs, i + 1, images, fields[1].strip()),
                same.equals("1"),
                NeighborFolds.fold(read.size(), wanted)));
      }
    }
    return requireAny(pairs, images, read);
  }

  private static PersonPhoto listed(Path pairs, int line, Path images, String name) {
    try {
      Path file = images.resolve(name).normalize();
      if (!name.isEmpty() && file.startsWith(images.normalize())) {
        Path folder = file.getParent();
        return new PersonPhoto(folder == null ? "" : String.valueOf(folder.getFileName()), file);
      }
    } catch (InvalidPathException e) {
      // Said below.
    }
    throw new FacePipelineException(
        pairs
            + ", line "
            + line
            + ": a pair must name files below "
            + images
            + ", got "
            + name
            + "; give names relative to that folder");
  }

  private static List<FacePair> requireAny(Path pairs, Path images, List<FacePair> read) {
    if (!read.isEmpty()
        && read.stream()
            .noneMatch(p -> Files.exists(p.first().file()) || Files.exists(p.second().file()))) {
      throw new FacePipelineException(
          "none of the photos named in "
              + pairs
              + " is in "
              + images
              + ", for example "
              + read.get(0).first().file()
              + "; give the folder that the names start from");
    }
    return read;
  }

  /** As {@link FacePair#drawn}. */
  static List<FacePair> drawn(
      Map<String, List<Path>> people, int pairsPerKind, int folds, long seed) {
    if (folds < 2 || pairsPerKind < 1) {
      throw new IllegalArgumentException(
          "at least 2 folds and 1 pair are needed, got " + folds + " and " + pairsPerKind);
    }
    if (people.size() < LEAST_PEOPLE_OF_A_FOLD * folds) {
      throw new IllegalArgumentException(
          people.size()
              + " people are not enough for "
              + folds
              + " folds of at least two people each; ask for fewer folds, or add people");
    }
    Random random = new Random(seed);
    List<String> names = new ArrayList<>(people.keySet());
    Collections.sort(names);
    Collections.shuffle(names, random);
    List<FacePair> drawn = new ArrayList<>();
    for (int fold = 0; fold < folds; fold++) {
      List<String> members = new ArrayList<>();
      for (int i = fold; i < names.size(); i += folds) {
        members.add(names.get(i));
      }
      int share = pairsPerKind / folds + (fold < pairsPerKind % folds ? 1 : 0);
      List<FacePair> genuine = genuine(people, members, fold);
      Collections.shuffle(genuine, random);
      int count = Math.min(share, genuine.size());
      drawn.addAll(genuine.subList(0, count));
      drawn.addAll(impostors(people, members, fold, count, random));
    }
    if (drawn.isEmpty()) {
      throw new IllegalArgumentException(
          "no person has two photos, so there are no pairs of the same person; add photos");
    }
    return Collections.unmodifiableList(drawn);
  }

  private static List<FacePair> genuine(
      Map<String, List<Path>> people, List<String> members, int fold) {
    List<FacePair> pairs = new ArrayList<>();
    for (String name : members) {
      List<Path> photos = people.getOrDefault(name, List.of());
      for (int a = 0; a < photos.size(); a++) {
        for (int b = a + 1; b < photos.size(); b++) {
          pairs.add(
              new FacePair(
                  new PersonPhoto(name, photos.get(a)),
                  new PersonPhoto(name, photos.get(b)),
                  true,
                  fold));
        }
      }
    }
    return pairs;
  }

  private static Set<FacePair> impostors(
      Map<String, List<Path>> people, List<String> members, int fold, int count, Random random) {
    List<PersonPhoto> photos = new ArrayList<>();
    for (String name : members) {
      people.getOrDefault(name, List.of()).forEach(file -> photos.add(new PersonPhoto(name, file)));
    }
    Set<FacePair> pairs = new LinkedHashSet<>();
    long possible = 0;
    for (String name : members) {
      long own = people.getOrDefault(name, List.of()).size();
      possible += own * (photos.size() - own);
    }
    // Each pair was counted from both sides.
    long wanted = Math.min(count, possible / 2);
    while (pairs.size() < wanted) {
      int a = random.nextInt(photos.size());
      int b = random.nextInt(photos.size());
      PersonPhoto first = photos.get(Math.min(a, b));
      PersonPhoto second = photos.get(Math.max(a, b));
      if (!first.person().equals(second.person())) {
        pairs.add(new FacePair(first, second, false, fold));
      }
    }
    return pairs;
  }

  private static int[] header(Path file, List<String> lines) {
    String first = lines.isEmpty() ? "" : lines.get(0);
    String[] numbers = first.split("\\s+", -1);
    try {
      int folds = numbers.length == 2 ? Integer.parseInt(numbers[0]) : 1;
      int each = Integer.parseInt(numbers[numbers.length - 1]);
      if (numbers.length <= 2 && folds >= 1 && each >= 0) {
        return new int[] {folds, each};
      }
    } catch (NumberFormatException e) {
      throw malformed(file, 1, "expected the number of folds and of pairs, got " + first, e);
    }
    throw malformed(file, 1, "expected the number of folds and of pairs, got " + first);
  }

  private static FacePair pair(
      Path file, int line, String text, Path images, boolean same, int fold) {
    String[] fields = text.split("\\s+", -1);
    int wanted = same ? 3 : 4;
    if (fields.length != wanted) {
      throw malformed(
          file,
          line,
          "a pair of "
              + (same ? "the same person" : "different people")
              + " has "
              + wanted
              + " fields, got "
              + text);
    }
    for (int i = 0; i < wanted; i += 2) {
      if (!isFolderName(fields[i])) {
        throw malformed(file, line, "a person must be the name of a folder, got " + text);
      }
    }
    try {
      return new FacePair(
          photo(images, fields[0], Integer.parseInt(fields[1])),
          photo(images, same ? fields[0] : fields[2], Integer.parseInt(fields[wanted - 1])),
          same,
          fold);
    } catch (NumberFormatException e) {
      throw malformed(file, line, "a photo must be a number, got " + text, e);
    }
  }

  /** Whether it names one folder below another, and no place elsewhere. */
  private static boolean isFolderName(String name) {
    try {
      Path path = Path.of(name);
      return !path.isAbsolute()
          && path.getNameCount() == 1
          && path.equals(path.normalize())
          && !name.equals("..");
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private static PersonPhoto photo(Path images, String name, int number) {
    String stem = String.format(Locale.ROOT, "%s_%04d", name, number);
    Path folder = images.resolve(name);
    for (String suffix : SUFFIXES) {
      Path file = folder.resolve(stem + suffix);
      if (Files.exists(file)) {
        return new PersonPhoto(name, file);
      }
    }
    return new PersonPhoto(name, folder.resolve(stem + SUFFIXES.get(0)));
  }

  private static FacePipelineException malformed(Path file, int line, String what) {
    return new FacePipelineException(message(file, line, what));
  }

  private static FacePipelineException malformed(
      Path file, int line, String what, NumberFormatException cause) {
    return new FacePipelineException(message(file, line, what), cause);
  }

  private static String message(Path file, int line, String what) {
    return file + ", line " + line + ": " + what + "; give a file in LFW's pairs format";
  }
}
