using System.Diagnostics;

namespace Mambascope.Checkpoints.Hub;

/// <summary>A file that a fetch put, or found, in the cache.</summary>
/// <param name="Path">Its path in the snapshot, with /.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Hash">SHA-256 of a large file, git's hash of a small one, as the hub names it; empty offline.</param>
/// <param name="IsNew">Whether it was downloaded now.</param>
public sealed record FetchedFile(string Path, long Size, string Hash, bool IsNew);

/// <summary>A model in the cache.</summary>
/// <param name="Folder">The snapshot: what can be opened as a model.</param>
/// <param name="Commit">Its commit.</param>
/// <param name="Files">What was asked for.</param>
public sealed record FetchedModel(string Folder, string Commit, IReadOnlyList<FetchedFile> Files);

/// <summary>
/// Downloads a model from the Hugging Face hub into the cache that Hugging Face's tools share. Every file is checked by its hash before
/// it gets its name; what was interrupted goes on where it ended; several processes may do the same at once.
/// </summary>
public static class HubFetch
{
    /// <summary>Fetches what is needed to run a model, or the files that are named.</summary>
    /// <param name="settings">Hub, cache and token.</param>
    /// <param name="name">The model.</param>
    /// <param name="patterns">Paths of files, * and ? allowed; empty for configuration, tokenizer and one kind of weights.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Ends it; what came is kept for the next time.</param>
    /// <exception cref="BadInputException">
    /// The model is not there or must not be read, the network fails for good, a file is damaged.
    /// </exception>
    public static async Task<FetchedModel> Run(
        HubSettings settings, HubName name, IReadOnlyList<string>? patterns = null,
        IProgress<HubTransfer>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(name);
        if (settings.IsOffline)
        {
            return Offline(settings, name, patterns ?? []);
        }

        try
        {
            using var client = new HubClient(settings);
            return await new Work(settings, name, client, progress, cancellation).Run(patterns ?? []).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException(
                $"{settings.Cache.Folder} cannot be written: {Printable.Reason(error)}; HF_HUB_CACHE names another folder", error);
        }
    }

    private static FetchedModel Offline(HubSettings settings, HubName name, IReadOnlyList<string> patterns)
    {
        var folder = settings.Cache.FindSnapshot(name)
            ?? throw new BadInputException(
                $"{name} is not in the cache {settings.Cache.Folder}, and HF_HUB_OFFLINE forbids to download it; unset HF_HUB_OFFLINE and "
                    + "fetch again");
        var files = Directory
            .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(folder, file).Replace(Path.DirectorySeparatorChar, '/'))
            .Order(StringComparer.Ordinal)
            .ToList();
        var wanted = patterns.Count > 0 ? HubSelection.Matching(patterns, name, files) : files;
        return new(
            folder,
            Path.GetFileName(folder),
            [.. wanted.Select(file => new FetchedFile(file, Length(Path.Combine(folder, file)), "", IsNew: false))]);

        // Of what a link leads to, not of the link.
        static long Length(string file)
        {
            using var stream = InputFile.Open(file);
            return stream.Length;
        }
    }

    /// <summary>One fetch, from the list of files to the reference that makes the snapshot found.</summary>
    private sealed class Work(
        HubSettings settings, HubName name, HubClient client, IProgress<HubTransfer>? progress, CancellationToken cancellation)
    {
        private readonly HubRepository repository = new(client, name, settings);
        private readonly List<FetchedFile> fetched = [];
        private readonly Stopwatch clock = Stopwatch.StartNew();
        private (long Done, long Total, long Received) bytes;

        public async Task<FetchedModel> Run(IReadOnlyList<string> patterns)
        {
            var (commit, files) = await repository.List(cancellation).ConfigureAwait(false);
            var folder = settings.Cache.SnapshotFolder(name, commit);
            if (patterns.Count > 0)
            {
                await Fetch(commit, HubSelection.Matching(patterns, name, files)).ConfigureAwait(false);
            }
            else
            {
                var weights = HubSelection.Weights(name, files);
                await Fetch(commit, [.. HubSelection.BesideWeights(files), weights]).ConfigureAwait(false);
                if (HubSelection.IsIndex(weights))
                {
                    await Fetch(commit, HubSelection.Shards(Path.Combine(folder, weights), name, files)).ConfigureAwait(false);
                }
            }

            // Last, so that a model is found only when it is complete.
            if (!name.IsCommit)
            {
                var reference = settings.Cache.ReferenceFile(name);
                Directory.CreateDirectory(Path.GetDirectoryName(reference)!);
                AtomicFile.Write(reference, stream => stream.Write(System.Text.Encoding.ASCII.GetBytes(commit)));
            }

            return new(folder, commit, fetched);
        }

        private async Task Fetch(string commit, IReadOnlyList<string> paths)
        {
            var files = new List<HubFile>();
            foreach (var path in paths)
            {
                // The hub is another machine: its names must not lead out of the snapshot.
                files.Add(
                    HubPath.IsSafe(path)
                        ? await repository.Describe(commit, path, cancellation).ConfigureAwait(false)
                        : throw new BadInputException(
                            $"{name} has a file called {Printable.Name(path)}, which is no relative path of plain names; nothing was "
                                + "written there"));
            }

            bytes.Total += files.Sum(file => file.Size ?? 0);
            foreach (var file in files)
            {
                await Fetch(commit, file).ConfigureAwait(false);
            }
        }

        private async Task Fetch(string commit, HubFile file)
        {
            var blob = settings.Cache.BlobFile(name, file.Etag);
            Directory.CreateDirectory(Path.GetDirectoryName(blob)!);
            var isNew = false;
            using (
                await HubLock
                    .Take(settings.Cache.LockFile(name, file.Etag), () => Tell(isWaiting: true), cancellation)
                    .ConfigureAwait(false))
            {
                // Another process may have finished it while this one waited.
                isNew = !File.Exists(blob) || (file.Size is { } size && new FileInfo(blob).Length != size);
                if (isNew)
                {
                    await new HubDownload(repository, client, settings).Run(commit, file, blob, Report, cancellation).ConfigureAwait(false);
                }
                else
                {
                    Report(new FileInfo(blob).Length, false);
                }

                HubSnapshot.Place(settings, blob, settings.Cache.SnapshotFolder(name, commit), file.Path);
            }

            fetched.Add(new(file.Path, new FileInfo(blob).Length, file.Etag, isNew));

            void Report(long count, bool isNetwork)
            {
                bytes.Done += count;
                bytes.Received += isNetwork ? count : 0;
                Tell(isWaiting: false);
            }

            void Tell(bool isWaiting)
                => progress?.Report(new(file.Path, bytes.Done, bytes.Total, bytes.Received, clock.Elapsed, isWaiting));
        }
    }
}
