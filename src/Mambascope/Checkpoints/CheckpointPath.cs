namespace Mambascope.Checkpoints;

/// <summary>Which file of a folder is meant, and which reader a file needs.</summary>
internal static class CheckpointPath
{
    private const string IndexEnding = ".index.json";

    /// <summary>The file itself, or the one weight file of a folder.</summary>
    public static string Resolve(string path)
    {
        if (File.Exists(path))
        {
            return path;
        }

        if (!Directory.Exists(path))
        {
            throw new BadInputException($"{path} was not found: there is no such file or folder");
        }

        return InputFile.Guarded(path, static folder =>
            Named(folder, "model.safetensors") ?? Named(folder, "model.safetensors" + IndexEnding) ?? Only(folder, "*.safetensors")
            ?? Named(folder, "pytorch_model.bin") ?? Named(folder, "pytorch_model.bin" + IndexEnding)
            ?? Only(folder, "*.pth") ?? Only(folder, "*.pt") ?? Only(folder, "*.ckpt")
            ?? GgufSplit.FirstOf(folder) ?? Only(folder, "*.gguf") ?? Named(folder, "adapter_model.bin")
            ?? throw new BadInputException($"{folder} holds no weights: expected model.safetensors, model.safetensors{IndexEnding}, "
                + "pytorch_model.bin or one .safetensors, .pth, .ckpt or .gguf file"));
    }

    /// <summary>
    /// Whether a file, or the one weight file of a folder, is in GGUF, by its first bytes or its name; false where there is none.
    /// </summary>
    public static bool IsGguf(string path)
    {
        try
        {
            var file = Resolve(path);
            Span<byte> start = stackalloc byte[4];
            return IsGgufName(file) || (ReadStart(file, start) == start.Length && start.SequenceEqual("GGUF"u8));
        }
        catch (BadInputException)
        {
            return false;
        }
    }

    /// <summary>Opens a weight file or an index of shards.</summary>
    public static TensorSource OpenSource(string file)
    {
        return file.EndsWith(IndexEnding, StringComparison.OrdinalIgnoreCase) ? ShardedFiles.Open(file) : OpenWeights(file);
    }

    /// <summary>
    /// Opens one weight file. Its first bytes decide, since .bin and .pt are used for everything; its name where they are damaged.
    /// </summary>
    public static TensorSource OpenWeights(string file)
    {
        Span<byte> start = stackalloc byte[ForeignFile.StartLength];
        start = start[..ReadStart(file, start)];
        if (start.StartsWith("GGUF"u8))
        {
            return GgufSplit.Open(file);
        }

        if (start.Length >= 9 && start[8] == (byte)'{')
        {
            return SafetensorsFile.Open(file);
        }

        if (start.StartsWith("PK"u8))
        {
            return PyTorchFile.Open(file);
        }

        if (ForeignFile.Describe(start) is { } kind)
        {
            throw new BadInputException($"{file} {kind}; expected the weights of a model");
        }

        return System.IO.Path.GetExtension(file).ToUpperInvariant() switch
        {
            ".SAFETENSORS" => SafetensorsFile.Open(file),
            ".PTH" or ".PT" or ".BIN" or ".CKPT" => PyTorchFile.Open(file),
            ".GGUF" => GgufSplit.Open(file),
            _ => throw new BadInputException($"{file} is not a checkpoint: expected a safetensors file, a PyTorch file (.pth, .pt, "
                + $".bin, .ckpt), a GGUF file or a *.safetensors{IndexEnding}"),
        };
    }

    /// <summary>Whether a file is in GGUF by its name.</summary>
    public static bool IsGgufName(string? file) => file?.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase) == true;

    private static int ReadStart(string file, Span<byte> start)
    {
        using var stream = InputFile.Open(file);
        try
        {
            return stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        }
        catch (IOException error)
        {
            throw new BadInputException($"{file} cannot be read: {Printable.Reason(error)}", error);
        }
    }

    private static string? Named(string folder, string name)
    {
        var path = System.IO.Path.Combine(folder, name);
        return File.Exists(path) ? path : null;
    }

    private static string? Only(string folder, string pattern)
    {
        var files = Directory.GetFiles(folder, pattern);
        Array.Sort(files, StringComparer.Ordinal);
        return files.Length switch
        {
            0 => null,
            1 => files[0],
            _ => throw new BadInputException(
                $"{folder} holds {files.Length} files {pattern} ({System.IO.Path.GetFileName(files[0])}, "
                    + $"{System.IO.Path.GetFileName(files[1])}{(files.Length > 2 ? ", ..." : "")}) and no model.safetensors: name the file "
                    + "that is meant."),
        };
    }
}
