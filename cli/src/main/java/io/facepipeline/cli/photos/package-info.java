/** Commands about the faces in photos. */
@NullMarked
package io.facepipeline.cli.photos;

import org.jspecify.annotations.NullMarked;
