namespace MiniGrad.Data;

/// <summary>A data set is missing, does not fit together or cannot be fetched; the message says what to do.</summary>
public sealed class DataSetException(string message, Exception? cause = null) : IOException(message, cause);

/// <summary>An IDX file (the format of MNIST) is damaged, cut short, or of a kind that is not read.</summary>
public sealed class IdxException(string path, long offset, string problem) : BadFileException(path, offset, problem);

/// <summary>A file or archive of CIFAR-10 is damaged, cut short, or of another layout.</summary>
public sealed class CifarException(string path, long offset, string problem) : BadFileException(path, offset, problem);

/// <summary>A file of class names is not the JSON object it should be.</summary>
public sealed class ClassNamesException(string path, long offset, string problem) : BadFileException(path, offset, problem);
