namespace MiniGrad.Data;

/// <summary>A data set is missing, does not fit together or cannot be fetched; the message says what to do.</summary>
public sealed class DataSetException(string message, Exception? cause = null) : IOException(message, cause);
