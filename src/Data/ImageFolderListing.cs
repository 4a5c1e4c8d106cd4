namespace MiniGrad.Data;

/// <summary>The class folders of an image folder and their image files, in ordinal order of their names, and what was skipped.</summary>
internal sealed class ImageFolderListing
{
    private const int NamesInNote = 5;

    private readonly List<string> links = [];
    private readonly List<string> strangers = [];
    private readonly List<string> empty = [];

    public ImageFolderListing(DirectoryInfo root)
    {
        foreach (FileSystemInfo entry in Entries(root))
        {
            if (entry.LinkTarget is not null) links.Add(entry.Name);
            else if (entry is DirectoryInfo folder && !entry.Name.StartsWith('.')) AddClass(folder);
            else if (entry.Name != ClassNames.FileName) strangers.Add(entry.Name);
        }
    }

    public List<string> Classes { get; } = [];

    /// <summary>Path below the root, and the place of its class among <see cref="Classes"/>.</summary>
    public List<(string Name, int Class)> Files { get; } = [];

    public List<string> Notes()
    {
        List<string> notes = [];
        Add("Skipped symbolic links", links);
        Add("Skipped what is no image file in a class folder", strangers);
        Add("Classes without images", empty);
        return notes;

        void Add(string what, List<string> names)
        {
            string more = names.Count > NamesInNote ? ", …" : "";
            if (names.Count > 0) notes.Add($"{what} ({names.Count}): {string.Join(", ", names.Take(NamesInNote))}{more}.");
        }
    }

    private static IEnumerable<FileSystemInfo> Entries(DirectoryInfo folder) =>
        folder.EnumerateFileSystemInfos().OrderBy(entry => entry.Name, StringComparer.Ordinal);

    /// <summary>A folder without images is a class all the same: the numbers of the others must not depend on it.</summary>
    private void AddClass(DirectoryInfo folder)
    {
        int before = Files.Count;
        foreach (FileSystemInfo entry in Entries(folder))
        {
            string name = Path.Combine(folder.Name, entry.Name);
            if (entry.LinkTarget is not null) links.Add(name);
            else if (entry is FileInfo && entry.Extension.ToUpperInvariant() is ".PNG" or ".JPG" or ".JPEG")
            {
                Files.Add((name, Classes.Count));
            }
            else strangers.Add(name);
        }
        if (Files.Count == before) empty.Add(folder.Name);
        Classes.Add(folder.Name);
    }
}
