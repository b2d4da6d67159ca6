/** Clustering: groups the faces of an unlabeled album by person. */
@NullMarked
package io.facepipeline.classify.cluster;

import org.jspecify.annotations.NullMarked;
