package io.facepipeline.spark;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;

import java.io.Serial;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.api.java.function.FlatMapGroupsFunction;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Joins the faces of a connected component, the most similar first (Kruskal 1956), unless one photo
 * would show a person twice. Joins of one component do not depend on another's, so each is sorted
 * by itself.
 */
final class FacePeople implements FlatMapGroupsFunction<byte[], Row, Row> {
  @Serial private static final long serialVersionUID = 1;

  private static final String PERSON = "person";

  private static final StructType SCHEMA =
      FaceColumns.struct(
          FaceColumns.field(FaceColumns.PATH, DataTypes.StringType),
          FaceColumns.field(FaceColumns.FACE, DataTypes.IntegerType),
          FaceColumns.field(PERSON, DataTypes.StringType));

  private FacePeople() {}

  static Dataset<Row> of(Dataset<Row> faces, float threshold) {
    FaceColumns.with(
        faces.schema(), "faces", List.of(FaceColumns.nullable(PERSON, DataTypes.StringType)));
    Dataset<Row> pairs =
        FaceNeighbors.of(faces, threshold)
            .filter(col(FaceColumns.PATH).notEqual(col(FaceNeighbors.OTHER_PATH)));
    MapFunction<Row, byte[]> component = row -> row.getAs(FaceComponents.COMPONENT);
    Column[] order = {
      col(FaceNeighbors.SIMILARITY).desc(),
      col(FaceColumns.PATH),
      col(FaceColumns.FACE),
      col(FaceNeighbors.OTHER_PATH),
      col(FaceNeighbors.OTHER_FACE)
    };
    Dataset<Row> people =
        FaceComponents.of(pairs)
            .groupByKey(component, Encoders.BINARY())
            .flatMapSortedGroups(order, new FacePeople(), Encoders.row(SCHEMA));
    // Whoever is like nobody is a person, too.
    Column alone = concat(col(FaceColumns.PATH), lit("#"), col(FaceColumns.FACE));
    return faces
        .join(people, new String[] {FaceColumns.PATH, FaceColumns.FACE}, "left")
        .withColumn(PERSON, coalesce(col(PERSON), alone));
  }

  @Override
  public Iterator<Row> call(byte[] component, Iterator<Row> pairs) {
    Joining joining = new Joining();
    while (pairs.hasNext()) {
      Row pair = pairs.next();
      joining.join(
          new Place(pair.getAs(FaceColumns.PATH), pair.getAs(FaceColumns.FACE)),
          new Place(pair.getAs(FaceNeighbors.OTHER_PATH), pair.getAs(FaceNeighbors.OTHER_FACE)));
    }
    return joining.people();
  }

  /** A face, by its photo and its number there. */
  private record Place(String path, int face) implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
      int byPath = path.compareTo(other.path);
      return byPath != 0 ? byPath : Integer.compare(face, other.face);
    }
  }

  /** The people of a component while they are joined. */
  private static final class Joining {
    private final Map<Place, Person> personOf = new HashMap<>();

    private record Person(List<Place> faces, Set<String> photos) {}

    void join(Place a, Place b) {
      Person first = person(a);
      Person second = person(b);
      if (first.faces == second.faces) {
        return;
      }
      Person large = first.faces.size() >= second.faces.size() ? first : second;
      Person small = large.faces == first.faces ? second : first;
      if (small.photos.stream().anyMatch(large.photos::contains)) {
        return; // somebody who is in one photo twice
      }
      large.faces.addAll(small.faces);
      large.photos.addAll(small.photos);
      small.faces.forEach(face -> personOf.put(face, large));
    }

    private Person person(Place face) {
      return personOf.computeIfAbsent(
          face,
          alone -> new Person(new ArrayList<>(List.of(alone)), new HashSet<>(Set.of(alone.path))));
    }

    Iterator<Row> people() {
      IdentityHashMap<List<Place>, String> names = new IdentityHashMap<>();
      return personOf.entrySet().stream()
          .map(
              entry -> {
                List<Place> faces = entry.getValue().faces;
                String name =
                    names.computeIfAbsent(
                        faces,
                        all -> {
                          Place first = Collections.min(all);
                          return first.path + "#" + first.face;
                        });
                return RowFactory.create(entry.getKey().path, entry.getKey().face, name);
              })
          .iterator();
    }
  }
}
