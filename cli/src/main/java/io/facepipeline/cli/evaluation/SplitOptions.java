package io.facepipeline.cli.evaluation;

import io.facepipeline.PhotoFolder;
import io.facepipeline.cli.input.PhotoFiles;
import io.facepipeline.cli.output.Exit;
import io.facepipeline.evaluation.identification.IdentificationReport;
import io.facepipeline.evaluation.verification.FacePair.PersonPhoto;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Which photos people are enrolled with, and which are to be named. */
final class SplitOptions {
  @Option(
      names = "--train",
      paramLabel = "DIR",
      description = "Training photos, a folder per person.")
  @Nullable Path train;

  @Option(names = "--test", paramLabel = "DIR", description = "Test photos, a folder per person.")
  @Nullable Path test;

  @Option(
      names = "--people",
      paramLabel = "DIR",
      description = "Photos to split, a folder per person.")
  @Nullable Path people;

  @Option(
      names = "--gallery",
      paramLabel = "N",
      description = "Photos of --people that enroll each person (default: 1).")
  int gallery = 1;

  @Option(
      names = "--strangers",
      paramLabel = "SHARE",
      description = "Share of --people who are not enrolled, 0 to 1 (default: 0.25).")
  double strangers = 0.25;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "The same seed gives the same split (default: 1).")
  long seed = 1;

  /** The split of --train and --test, if they were given: everyone in the first is enrolled. */
  Optional<IdentificationReport.Split> given(CommandSpec spec) {
    if ((train == null) != (test == null)) {
      throw Exit.wrongUsage(spec, "--train and --test belong together");
    }
    if (train == null || test == null) {
      return Optional.empty();
    }
    Map<String, List<Path>> gallery = PhotoFolder.scan(train).requirePeople();
    Set<Object> enrolled = new HashSet<>();
    gallery.values().forEach(files -> files.forEach(f -> enrolled.add(PhotoFiles.identity(f))));
    List<PersonPhoto> probes = new ArrayList<>();
    List<PersonPhoto> others = new ArrayList<>();
    PhotoFolder.scan(test)
        .requirePeople()
        .forEach(
            (person, files) ->
                files.forEach(
                    file ->
                        (gallery.containsKey(person) ? probes : others)
                            .add(new PersonPhoto(person, file))));
    for (PersonPhoto probe : probes) {
      if (enrolled.contains(PhotoFiles.identity(probe.file()))) {
        throw Exit.wrongUsage(
            spec,
            probe.file()
                + " is in --train too; whoever is asked for with the photo that enrolled them is"
                + " always found, so give other photos with --test");
      }
    }
    return Optional.of(new IdentificationReport.Split(gallery, probes, others));
  }

  /** The split of --people, if it was given. */
  Optional<IdentificationReport.Split> drawn() {
    return people == null
        ? Optional.empty()
        : Optional.of(
            IdentificationReport.Split.drawn(
                PhotoFolder.scan(people).requirePeople(), gallery, strangers, seed));
  }

  /** The split of --train and --test, or that of --people; one of them must be given. */
  IdentificationReport.Split require(CommandSpec spec) {
    if ((people == null) == (train == null && test == null)) {
      throw Exit.wrongUsage(spec, "give either --train and --test, or --people");
    }
    return given(spec).or(this::drawn).orElseThrow();
  }
}
