namespace MiniGrad.Lab.Runs;

/// <summary>A file of a run folder is damaged beyond the torn last line that a killed run leaves.</summary>
internal sealed class RunFolderException(string path, long offset, string problem) : BadFileException(path, offset, problem);
