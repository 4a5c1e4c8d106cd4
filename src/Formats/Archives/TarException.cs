namespace MiniGrad.Formats.Archives;

/// <summary>A gzip-compressed tar archive is damaged, cut short, or declares what it does not hold.</summary>
public sealed class TarException(string path, long offset, string problem) : BadFileException(path, offset, problem);
