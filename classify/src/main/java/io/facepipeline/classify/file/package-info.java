/** What a trained classifier consists of, and the file it is kept in. */
@NullMarked
package io.facepipeline.classify.file;

import org.jspecify.annotations.NullMarked;
