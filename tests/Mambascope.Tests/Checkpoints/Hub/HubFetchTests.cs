using System.Text;
using Mambascope.Checkpoints.Hub;
using Xunit;

namespace Mambascope.Tests.Checkpoints.Hub;

/// <summary>Fetching from a server on this machine that can be as bad as a network.</summary>
public sealed class HubFetchTests : IDisposable
{
    private const string Weights = "model.safetensors";
    private const string Token = "hf_secret";

    private readonly TemporaryFolder folder = new();
    private readonly FakeHub hub = new();
    private readonly FakeHub elsewhere = new("localhost");
    private readonly List<TimeSpan> waits = [];
    private readonly byte[] weights = new byte[3_000_000];

    public HubFetchTests()
    {
        new Random(5).NextBytes(weights);
        hub.Files["config.json"] = "{\"model_type\": \"mamba\"}"u8.ToArray();
        hub.Files["tokenizer.json"] = "{}"u8.ToArray();
        hub.Files["README.md"] = "# a model"u8.ToArray();
        hub.Files["empty.txt"] = [];
        hub.Files["pytorch_model.bin"] = [1, 2, 3];
        hub.Files[Weights] = elsewhere.Files[Weights] = weights;
        hub.Large.Add(Weights);
        hub.Elsewhere = elsewhere;
    }

    public void Dispose()
    {
        hub.Dispose();
        elsewhere.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void A_model_is_laid_out_as_other_tools_expect_it()
    {
        var said = new List<HubTransfer>();
        var model = Fetch(progress: said);
        Assert.Equal(Path.Combine(folder.Path, "models--owner--model", "snapshots", FakeHub.Commit), model.Folder);
        Assert.Equal(["config.json", "tokenizer.json", Weights], model.Files.Select(file => file.Path));
        Assert.All(model.Files, file => Assert.True(file.IsNew));
        Assert.Equal(weights, File.ReadAllBytes(Path.Combine(model.Folder, Weights)));
        Assert.Equal($"../../blobs/{FakeHub.Sha256(weights)}", new FileInfo(Path.Combine(model.Folder, Weights)).LinkTarget);
        Assert.Equal(
            $"../../blobs/{FakeHub.GitHash(hub.Files["config.json"])}", new FileInfo(Path.Combine(model.Folder, "config.json")).LinkTarget);
        Assert.Equal(FakeHub.Commit, File.ReadAllText(Path.Combine(folder.Path, "models--owner--model", "refs", "main")));
        Assert.Equal(model.Folder, new HubCache(folder.Path).FindSnapshot(HubName.Parse(FakeHub.Model)));
        Assert.Equal(3, Directory.GetFiles(Path.Combine(folder.Path, "models--owner--model", "blobs")).Length);

        var total = hub.Files["config.json"].Length + hub.Files["tokenizer.json"].Length + weights.Length;
        Assert.Equal((total, total, total), (said[^1].Done, said[^1].Total, said[^1].Received));
        Assert.Equal(TimeSpan.Zero, said[^1].TimeLeft);
        Assert.Empty(waits);
    }

    [Fact]
    public void What_is_here_is_not_fetched_again()
    {
        Fetch();
        var asked = hub.Requests.Count(request => request.IsFile);
        var again = Fetch();
        Assert.All(again.Files, file => Assert.False(file.IsNew));
        Assert.Equal(asked, hub.Requests.Count(request => request.IsFile));
    }

    [Theory]
    [InlineData("*.json", "config.json tokenizer.json")]
    [InlineData("README.md", "README.md")]
    [InlineData("empty.t?t", "empty.txt")]
    public void Files_are_chosen_by_pattern(string pattern, string expected)
        => Assert.Equal(expected, string.Join(' ', Fetch(patterns: [pattern]).Files.Select(file => file.Path)));

    [Fact]
    public void A_pattern_without_match_lists_what_there_is() => Fails(["*.gguf"], "*.gguf", "config.json");

    [Fact]
    public void All_shards_of_an_index_are_fetched()
    {
        hub.Files.Remove(Weights);
        hub.Files["model-00001-of-00002.safetensors"] = [1];
        hub.Files["model-00002-of-00002.safetensors"] = [2];
        hub.Files["model.safetensors.index.json"] =
            """{"weight_map": {"a": "model-00002-of-00002.safetensors", "b": "model-00001-of-00002.safetensors", "c": "model-00001-of-00002.safetensors"}}"""u8.ToArray();
        Assert.Equal(
            [
                "config.json", "tokenizer.json", "model.safetensors.index.json", "model-00001-of-00002.safetensors",
                "model-00002-of-00002.safetensors",
            ],
            Fetch().Files.Select(file => file.Path));
    }

    [Theory]
    [InlineData("""{"weight_map": {"a": "../../../evil"}}""", "../../../evil")]
    [InlineData("""{"weight_map": 3}""", "no index")]
    [InlineData("not json", "no index")]
    public void A_damaged_index_is_refused(string index, string said)
    {
        hub.Files.Remove(Weights);
        hub.Files["model.safetensors.index.json"] = Encoding.UTF8.GetBytes(index);
        Fails([], said);
    }

    [Fact]
    public void A_model_without_weights_says_what_it_has()
    {
        hub.Files.Remove(Weights);
        hub.Files.Remove("pytorch_model.bin");
        Fails([], "no weights", "README.md");
    }

    [Theory]
    [InlineData("//")]
    [InlineData("http://")]
    [InlineData("https://[::1")]
    [InlineData("http://a:99999999/")]
    public void A_redirect_to_no_address_is_refused(string location)
    {
        hub.Answer = (request, usual) => request.IsFile || request.Method == "HEAD" ? HubReply.Error(302, ("Location", location)) : usual;
        var error = Assert.Throws<BadInputException>(() => Fetch());
        TemporaryFolder.OneLine(error);
    }

    [Fact]
    public void A_server_that_takes_back_what_it_sent_is_given_up()
    {
        // Half of it; then, asked for the rest, another part; and so on for ever.
        elsewhere.Answer = (request, usual) =>
            request.RangeStart == 0
                ? usual with
                {
                    CutAfter = 1_000_000,
                }
                : usual with
                {
                    Headers = [("Content-Range", "bytes 5-2999999/3000000")],
                };
        Fails([], "the connection broke 5 times");
        Assert.InRange(elsewhere.Requests.Count, 5, 12);
    }

    [Fact]
    public void A_file_of_no_announced_size_does_not_fill_the_disk()
    {
        hub.Answer = (request, usual) =>
            request.Path.EndsWith("README.md", StringComparison.Ordinal)
                ? request.Method == "HEAD"
                    ? new(302, [("Location", "https://elsewhere.invalid/README.md"), ("X-Linked-Etag", $"\"{FakeHub.GitHash([])}\"")], [])
                    : usual with
                    {
                        Body = new byte[3_000_000],
                        Headers = [],
                    }
                : usual;
        var settings = Settings(null, links: true, patience: null) with { LargestUnannounced = 2_000_000 };
        var error = Assert.Throws<BadInputException>(() =>
            HubFetch
                .Run(settings, HubName.Parse(FakeHub.Model), ["README.md"], null, TestContext.Current.CancellationToken)
                .GetAwaiter()
                .GetResult());
        Assert.Equal(
            "README.md has more than 2,000,000 bytes, and the hub names no size; nothing was put in place", TemporaryFolder.OneLine(error));
    }

    [Fact]
    public void A_server_that_stays_silent_is_asked_twice()
    {
        hub.Answer = (_, usual) => usual with { IsSilent = true };
        var error = Assert.Throws<BadInputException>(() => Fetch(patience: TimeSpan.FromMilliseconds(200)));
        Assert.Contains("cannot be reached", TemporaryFolder.OneLine(error), StringComparison.Ordinal);
        Assert.Equal(2, hub.Requests.Count);
    }

    [Fact]
    public void A_cut_connection_goes_on_where_it_ended()
    {
        var cuts = new Queue<int>([100_000, 0, 1_500_000, 1]);
        elsewhere.Answer = (_, usual) => cuts.TryDequeue(out var cut) ? usual with { CutAfter = cut } : usual;
        var model = Fetch();
        Assert.Equal(weights, File.ReadAllBytes(Path.Combine(model.Folder, Weights)));
        Assert.Equal([0, 100_000, 100_000, 1_600_000, 1_600_001], elsewhere.Requests.Select(request => request.RangeStart));
        Assert.Equal(4, waits.Count);
    }

    [Fact]
    public void A_connection_that_falls_silent_counts_as_cut()
    {
        var silent = true;
        elsewhere.Answer = (_, usual) =>
        {
            var reply = silent ? usual with { CutAfter = 500_000, Hangs = true } : usual;
            silent = false;
            return reply;
        };
        var model = Fetch(patience: TimeSpan.FromSeconds(1));
        Assert.Equal(weights, File.ReadAllBytes(Path.Combine(model.Folder, Weights)));
        Assert.Equal([0, 500_000], elsewhere.Requests.Select(request => request.RangeStart));
    }

    [Fact]
    public void The_next_fetch_goes_on_where_the_last_one_gave_up()
    {
        var first = true;
        elsewhere.Answer = (_, usual) =>
        {
            var reply = usual with { CutAfter = first ? 1_000_000 : 0 };
            first = false;
            return reply;
        };
        Fails([], "broke 5 times at byte 1,000,000", "fetch again");
        Assert.Null(new HubCache(folder.Path).FindSnapshot(HubName.Parse(FakeHub.Model)));

        elsewhere.Answer = (_, usual) => usual;
        elsewhere.Requests.Clear();
        var model = Fetch();
        Assert.Equal(1_000_000, Assert.Single(elsewhere.Requests).RangeStart);
        Assert.Equal(weights, File.ReadAllBytes(Path.Combine(model.Folder, Weights)));
        Assert.Empty(Directory.GetFiles(Path.Combine(folder.Path, "models--owner--model", "blobs"), "*.incomplete"));
    }

    [Fact]
    public void A_server_without_ranges_sends_it_all_again()
    {
        var first = true;
        elsewhere.Answer = (_, _) =>
        {
            var reply = new HubReply(200, [], weights, first ? 1_000_000 : null);
            first = false;
            return reply;
        };
        Assert.Equal(weights, File.ReadAllBytes(Path.Combine(Fetch().Folder, Weights)));
    }

    [Theory]
    [InlineData(5_000_000)] // more than there is
    [InlineData(3_000_000)] // as much, but something else
    [InlineData(2_000_000)] // a part of something else
    public void A_wrong_part_from_earlier_does_not_survive(int length)
    {
        var blob = Path.Combine(folder.Path, "models--owner--model", "blobs", FakeHub.Sha256(weights));
        Directory.CreateDirectory(Path.GetDirectoryName(blob)!);
        File.WriteAllBytes(blob + ".incomplete", new byte[length]);
        Assert.Equal(weights, File.ReadAllBytes(Path.Combine(Fetch().Folder, Weights)));
        Assert.Equal(0, elsewhere.Requests.Last().RangeStart);
    }

    [Theory]
    [InlineData(Weights)]
    [InlineData("config.json")]
    public void Contents_with_a_wrong_hash_are_not_put_in_place(string file)
    {
        var server = file == Weights ? elsewhere : hub;
        server.Answer = (request, usual) =>
        {
            if (request.Method == "HEAD" || !request.Path.EndsWith(file, StringComparison.Ordinal) || usual.Body.Length == 0)
            {
                return usual;
            }

            byte[] body = [.. usual.Body];
            body[^2] ^= 1;
            return usual with { Body = body };
        };
        Fails([], file, "expected " + (file == Weights ? FakeHub.Sha256(weights) : FakeHub.GitHash(hub.Files[file])), "nothing was kept");
        Assert.False(Path.Exists(Path.Combine(folder.Path, "models--owner--model", "snapshots", FakeHub.Commit, file)));
        Assert.DoesNotContain(Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories), path =>
            path.Contains(".incomplete", StringComparison.Ordinal) || path.Contains(".tmp", StringComparison.Ordinal));
        Assert.Null(new HubCache(folder.Path).FindSnapshot(HubName.Parse(FakeHub.Model)));
    }

    [Fact]
    public void More_than_was_announced_is_refused()
    {
        elsewhere.Answer = (_, usual) => usual with { Body = [.. usual.Body, 0] };
        Fails([], "longer than the 3,000,000 bytes");
    }

    [Theory]
    [InlineData(401, null, "401", "HF_TOKEN", "gated", "/owner/model")]
    [InlineData(401, Token, "token is wrong or expired", "401", "gated", "/owner/model")]
    [InlineData(403, Token, "403", "gated", "accept its terms", "/owner/model")]
    [InlineData(404, null, "no model owner/model", "404", "name", "revision")]
    [InlineData(418, null, "answered 418", "owner/model", "", "")]
    public void Refusals_say_what_to_do(int status, string? token, string a, string b, string c, string d)
    {
        hub.Answer = (_, _) => HubReply.Error(status);
        var message = FailsWith([], token, a, b, c, d);
        Assert.DoesNotContain(Token, message, StringComparison.Ordinal);
        Assert.Empty(waits);
    }

    [Fact]
    public void A_busy_hub_is_given_the_time_it_asks_for()
    {
        var refusals = new Queue<HubReply>([
            HubReply.Error(429, ("Retry-After", "7")),
            HubReply.Error(503),
            HubReply.Error(429, ("Retry-After", "0")),
        ]);
        hub.Answer = (_, usual) => refusals.TryDequeue(out var refusal) ? refusal : usual;
        Fetch();
        Assert.Equal([7, 2, 0], waits.Select(wait => wait.TotalSeconds));
    }

    [Fact]
    public void A_date_to_wait_for_is_understood()
    {
        var refusals = new Queue<HubReply>([HubReply.Error(429, ("Retry-After", DateTimeOffset.UtcNow.AddSeconds(100).ToString("R")))]);
        hub.Answer = (_, usual) => refusals.TryDequeue(out var refusal) ? refusal : usual;
        Fetch();
        Assert.InRange(Assert.Single(waits).TotalSeconds, 60, 101);
    }

    [Fact]
    public void A_hub_that_asks_for_too_long_or_too_often_is_left_alone()
    {
        hub.Answer = (_, _) => HubReply.Error(429, ("Retry-After", "86400"));
        Fails([], "wait 86400 seconds");
        Assert.Empty(waits);
        hub.Answer = (_, _) => HubReply.Error(429, ("Retry-After", "1"));
        Fails([], "busy", "429");
        Assert.Equal(HubClient.Attempts - 1, waits.Count);
    }

    [Fact]
    public void The_token_goes_to_the_hub_and_nowhere_else()
    {
        Fetch(token: Token);
        Assert.All(hub.Requests, request => Assert.Equal("Bearer " + Token, request.Token));
        Assert.NotEmpty(elsewhere.Requests);
        Assert.All(elsewhere.Requests, request => Assert.Null(request.Token));
    }

    [Fact]
    public void Redirects_within_the_hub_are_followed_a_few_times()
    {
        hub.Answer = (request, usual) =>
            request.Path.StartsWith("/api/models/", StringComparison.Ordinal) && !request.Path.Contains('?', StringComparison.Ordinal)
                ? HubReply.Error(307, ("Location", request.Path + "?renamed"))
                : usual;
        Fetch(token: Token);
        Assert.All(hub.Requests, request => Assert.Equal("Bearer " + Token, request.Token));
        hub.Answer = (request, _) => HubReply.Error(302, ("Location", request.Path + "x"));
        Fails([], "more than 5 times");
    }

    [Theory]
    [InlineData("http://example.org/x")]
    [InlineData("ftp://127.0.0.1/x")]
    [InlineData("file:///etc/passwd")]
    public void Redirects_to_what_is_not_encrypted_are_refused(string target)
    {
        hub.Answer = (request, usual) => request.IsFile ? HubReply.Error(302, ("Location", target)) : usual;
        Fails([], "expected an https address");
    }

    [Theory]
    [InlineData("../../../evil")]
    [InlineData("/tmp/evil")]
    [InlineData("a/../../evil")]
    [InlineData("a\\..\\evil")]
    [InlineData("c:evil")]
    [InlineData("evil\u0001")]
    public void Names_that_lead_out_of_the_cache_are_refused(string name)
    {
        hub.Files[name] = [1];
        Fails(["*evil*"], "no relative path of plain names");
        Assert.DoesNotContain(Directory.GetFileSystemEntries(folder.Path, "*", SearchOption.AllDirectories), path =>
            path.Contains("evil", StringComparison.Ordinal));
    }

    [Fact]
    public void A_hub_that_does_not_answer_like_one_is_refused()
    {
        hub.Answer = (_, usual) => usual with { Body = "<html>"u8.ToArray() };
        Fails([], "does not answer like a Hugging Face hub", "HF_ENDPOINT");
        hub.Answer = (_, usual) => usual with { Body = "{\"sha\": \"../../x\", \"siblings\": []}"u8.ToArray() };
        Fails([], "commit ../../x");
        hub.Answer = (_, usual) => usual with { Body = "{\"sha\": 3}"u8.ToArray() };
        Fails([], "does not answer like");
        hub.Answer = (request, usual) => request.Method == "HEAD" ? usual with { Headers = [("ETag", "\"../../evil\"")] } : usual;
        Fails(["config.json"], "names no hash of config.json");
    }

    [Fact]
    public void A_hub_that_cannot_be_reached_is_named()
    {
        hub.Dispose();
        Fails([], "cannot be reached", hub.Endpoint.Authority);
        Assert.Equal(HubClient.Attempts - 1, waits.Count);
    }

    [Fact]
    public async Task Two_at_once_share_the_work()
    {
        elsewhere.Answer = (_, usual) =>
        {
            Thread.Sleep(1000); // so that the other one is there
            return usual;
        };
        List<HubTransfer>[] said = [[], []];
        var both = await Task.WhenAll(said.Select(told => Task.Run(() => Fetch(progress: told), TestContext.Current.CancellationToken)));
        Assert.Single(said, told => told.Any(transfer => transfer.IsWaiting && transfer.File == Weights));
        Assert.Single(elsewhere.Requests);
        Assert.Single(both, model => model.Files[^1].IsNew);
        Assert.All(both, model => Assert.Equal(weights, File.ReadAllBytes(Path.Combine(model.Folder, Weights))));
    }

    [Fact]
    public void Copies_stand_in_for_links()
    {
        var model = Fetch(links: false);
        Assert.Null(new FileInfo(Path.Combine(model.Folder, Weights)).LinkTarget);
        Assert.Equal(weights, File.ReadAllBytes(Path.Combine(model.Folder, Weights)));
        Fetch(links: false);
        Assert.Equal("../../blobs/" + FakeHub.Sha256(weights), new FileInfo(Path.Combine(Fetch().Folder, Weights)).LinkTarget);
    }

    [Fact]
    public void Files_in_folders_link_back_to_the_blobs()
    {
        hub.Files["onnx/deep/model.onnx"] = [7];
        var model = Fetch(patterns: ["onnx/*"]);
        Assert.Equal([7], File.ReadAllBytes(Path.Combine(model.Folder, "onnx", "deep", "model.onnx")));
        Assert.StartsWith(
            "../../../../blobs/",
            new FileInfo(Path.Combine(model.Folder, "onnx", "deep", "model.onnx")).LinkTarget,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_revision_is_asked_for_and_remembered_by_name()
    {
        Fetch(revision: "refs/pr/1");
        Assert.EndsWith("/revision/refs%2Fpr%2F1", hub.Requests.First().Path, StringComparison.Ordinal);
        var cache = new HubCache(folder.Path);
        Assert.NotNull(cache.FindSnapshot(HubName.Parse(FakeHub.Model, "refs/pr/1")));
        Assert.NotNull(cache.FindSnapshot(HubName.Parse(FakeHub.Model, FakeHub.Commit)));
        Assert.Null(cache.FindSnapshot(HubName.Parse(FakeHub.Model)));
    }

    [Fact]
    public async Task Offline_only_the_cache_is_asked()
    {
        var refusal = await Assert.ThrowsAsync<BadInputException>(() => Offline());
        Assert.Contains("HF_HUB_OFFLINE", TemporaryFolder.OneLine(refusal), StringComparison.Ordinal);
        Fetch();
        hub.Requests.Clear();
        var model = await Offline();
        Assert.Equal((Weights, 3_000_000L), (Assert.Single(model.Files).Path, model.Files[0].Size));
        Assert.Empty(hub.Requests);

        Task<FetchedModel> Offline()
            => HubFetch.Run(
                Settings() with
                {
                    IsOffline = true,
                },
                HubName.Parse(FakeHub.Model),
                ["*.safetensors"],
                cancellation: TestContext.Current.CancellationToken);
    }

    private HubSettings Settings(string? token = null, bool links = true, TimeSpan? patience = null) => new()
    {
        Endpoint = hub.Endpoint,
        Cache = new(folder.Path),
        Token = token,
        UsesLinks = links,
        Patience = patience ?? TimeSpan.FromSeconds(30),
        Wait = (wait, _) =>
        {
            lock (waits)
            {
                waits.Add(wait);
            }

            return Task.CompletedTask;
        },
    };

    private FetchedModel Fetch(
        string[]? patterns = null, string? token = null, string? revision = null, bool links = true,
        TimeSpan? patience = null, List<HubTransfer>? progress = null)
        => HubFetch
            .Run(
                Settings(token, links, patience),
                HubName.Parse(FakeHub.Model, revision),
                patterns,
                progress is null ? null : new Listener(progress),
                TestContext.Current.CancellationToken)
            .GetAwaiter()
            .GetResult();

    private string Fails(string[] patterns, params string[] said) => FailsWith(patterns, null, said);

    private string FailsWith(string[] patterns, string? token, params string[] said)
    {
        var message = TemporaryFolder.OneLine(Assert.Throws<BadInputException>(() => Fetch(patterns, token)));
        TestContext.Current.TestOutputHelper?.WriteLine(message);
        Assert.All(said, words => Assert.Contains(words, message, StringComparison.Ordinal));
        return message;
    }

    private sealed class Listener(List<HubTransfer> said) : IProgress<HubTransfer>
    {
        public void Report(HubTransfer value) => said.Add(value);
    }
}
