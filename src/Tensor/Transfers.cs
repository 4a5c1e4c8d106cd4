namespace MiniGrad;

public sealed class Transfers
{
    public void NoteUpload(long bytes) { }

    public void NoteDownload(long bytes) { }
}
