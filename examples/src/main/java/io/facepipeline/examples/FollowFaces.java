// Follows faces through a video and names them.
// Run: mvn -q -Dquick -pl examples -am process-classes -Dexample=FollowFaces
// With your video: add -Dexec.args="VIDEO PEOPLE"
package io.facepipeline.examples;

import io.facepipeline.Embedding;
import io.facepipeline.FacePipeline;
import io.facepipeline.ImageSource;
import io.facepipeline.Match;
import io.facepipeline.PhotoFolder;
import io.facepipeline.ProgressListener;
import io.facepipeline.detection.video.FaceTracker;
import io.facepipeline.detection.video.TrackingSession;
import io.facepipeline.ffmpeg.VideoReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

public final class FollowFaces {
  private FollowFaces() {}

  public static void main(String[] args) throws IOException {
    Path video = args.length > 0 ? Path.of(args[0]) : SampleAlbum.video();
    Path people = args.length > 1 ? Path.of(args[1]) : SampleAlbum.path("people");
    try (FacePipeline faces = FacePipeline.create();
        VideoReader frames = VideoReader.open(video)) {
      PhotoFolder.scan(people)
          .people()
          .forEach(
              (name, photos) ->
                  faces.enrollAll(name, photos.stream().map(ImageSource::of).toList()));

      FaceTracker tracker = FaceTracker.builder().stagesOf(faces).build();
      for (TrackingSession.FaceTrack track :
          tracker.track(frames, ProgressListener.NONE, frame -> {})) { // or draw each frame
        Embedding embedding = Objects.requireNonNull(track.embedding()); // of its best frames
        Match who = faces.gallery().classify(embedding);
        System.out.println(
            "frames " + track.firstFrame() + " to " + track.lastFrame() + ": " + who);
      }
    }
  }
}
