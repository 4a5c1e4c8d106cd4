namespace MiniGrad.Tests.Devices;

/// <summary>What was reported, in order.</summary>
internal sealed class NoteList : IProgress<string>
{
    public List<string> Lines { get; } = [];

    public void Report(string value) => Lines.Add(value);
}
