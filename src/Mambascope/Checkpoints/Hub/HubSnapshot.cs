namespace Mambascope.Checkpoints.Hub;

/// <summary>The folder of one commit: a name for each blob.</summary>
internal static class HubSnapshot
{
    /// <summary>Gives a blob its path: a relative link, or a copy where there can be none. Replaces what stands there, at once.</summary>
    public static void Place(HubSettings settings, string blob, string snapshot, string path)
    {
        var file = Path.Combine(snapshot, path.Replace('/', Path.DirectorySeparatorChar));
        var folder = Path.GetDirectoryName(file)!;
        Directory.CreateDirectory(folder);
        var target = Path.GetRelativePath(folder, blob);
        if (new FileInfo(file).LinkTarget == target)
        {
            return;
        }

        var temporary = Path.Combine(folder, $".{Guid.NewGuid():N}.tmp");
        try
        {
            if (!settings.UsesLinks || !Link(temporary, target))
            {
                File.Copy(blob, temporary);
            }

            File.Move(temporary, file, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static bool Link(string file, string target)
    {
        try
        {
            File.CreateSymbolicLink(file, target);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            return false; // Windows without developer mode, FAT
        }
    }
}
