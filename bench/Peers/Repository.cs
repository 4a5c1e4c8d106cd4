namespace MiniGrad.Bench.Peers;

/// <summary>The checkout that this program was built in: the peer's script and the results lie there.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(Directory.GetCurrentDirectory()) ?? Find(AppContext.BaseDirectory)
        ?? throw new PeerException("peers: MiniGrad.sln is neither above the current folder nor above the program. Run inside a checkout.");

    public static string Script => Path.Combine(Root, "bench", "peer.py");

    private static string? Find(string folder)
    {
        for (DirectoryInfo? at = new(folder); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "MiniGrad.sln"))) return at.FullName;
        }
        return null;
    }
}
