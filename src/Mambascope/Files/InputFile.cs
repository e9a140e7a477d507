namespace Mambascope;

/// <summary>Opens and reads files the user named; every failure is a <see cref="BadInputException"/> that says the path.</summary>
internal static class InputFile
{
    /// <summary>Opens a file for reading; others may read it too, and may replace it under its name.</summary>
    public static FileStream Open(string path) => Guarded(path, static path =>
    {
        if (Directory.Exists(path))
        {
            throw new BadInputException($"{path} is a folder, expected a file");
        }

        return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
    });

    /// <summary>Reads a whole file of at most <paramref name="limit"/> bytes.</summary>
    public static byte[] ReadAll(string path, int limit) => Guarded(path, path =>
    {
        using var stream = Open(path);
        if (stream.Length > limit)
        {
            throw new BadInputException($"{path} has {stream.Length:N0} bytes, expected at most {limit:N0}");
        }

        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    });

    /// <summary>Runs an action on a file and turns what the file system throws into one line.</summary>
    public static T Guarded<T>(string path, Func<string, T> action)
    {
        try
        {
            return action(path);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new BadInputException($"{path} was not found", error);
        }
        catch (EndOfStreamException error)
        {
            throw new BadInputException($"{path} ended while it was read: it is truncated or was changed", error);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new BadInputException($"{path} cannot be read: access is denied", error);
        }
        catch (Exception error) when (error is IOException or ArgumentException or NotSupportedException)
        {
            throw new BadInputException($"{path} cannot be read: {Printable.Reason(error)}", error);
        }
    }
}
