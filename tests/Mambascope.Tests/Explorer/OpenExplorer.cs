using System.Text.Json;
using System.Text.Json.Nodes;
using Mambascope.Checkpoints;
using Mambascope.Explorer;
using Mambascope.Models;
using Mambascope.Tests.Explorer.Generated;
using Xunit;

namespace Mambascope.Tests.Explorer;

/// <summary>The explorer of the models that ship, in this process, and a browser's way to ask it.</summary>
public sealed class OpenExplorer : IAsyncLifetime
{
    private readonly List<LoadedModel> models = [];
    private ExplorerServer? server;

    internal ImageClassifier Vim { get; } = ImageClassifier.Open("demo-vim", new() { Threads = 1 });

    internal ImageClassifier Deit { get; } = ImageClassifier.Open("demo-deit", new() { Threads = 1 });

    internal TextModel Mamba { get; } = TextModel.Open("demo-mamba", threads: 1);

    internal HttpClient Client { get; private set; } = null!;

    internal Uri Address => server!.Address;

    /// <summary>The client that is made from the API's own document.</summary>
    internal ExplorerClient Api => new(Client);

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        models.AddRange([Vim, Deit, Mamba]);
        server = await Start();
        Client = new() { BaseAddress = server.Address };
    }

    /// <summary>Another server of the same models, with other limits.</summary>
    internal Task<ExplorerServer> Start(Func<ExplorerOptions, ExplorerOptions>? with = null)
    {
        var options = new ExplorerOptions { Models = models };
        return ExplorerServer.Start(with?.Invoke(options) ?? options);
    }

    /// <summary>An answer in JSON that must be there.</summary>
    internal async Task<JsonNode> Json(string address)
    {
        using var answer = await Client.GetAsync(new Uri(address, UriKind.Relative));
        return await Read(answer);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await server!.DisposeAsync();
        foreach (var model in models)
        {
            model.Dispose();
        }
    }

    private static async Task<JsonNode> Read(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode}: {text}");
        return JsonNode.Parse(text)!;
    }
}

/// <summary>A safetensors answer and what it says about itself.</summary>
internal sealed record NumbersAnswer(JsonNode About, IReadOnlyDictionary<string, float[]> Tensors)
{
    /// <summary>What the client brought.</summary>
    internal static async Task<NumbersAnswer> Of(Task<FileResponse> asked)
    {
        using var answer = await asked;
        using var bytes = new MemoryStream();
        await answer.Stream.CopyToAsync(bytes);
        return Of(bytes.ToArray());
    }

    internal static NumbersAnswer Of(byte[] bytes)
    {
        using var header = JsonDocument.Parse(bytes.AsMemory(8, (int)BitConverter.ToInt64(bytes)));
        var about = JsonNode.Parse(header.RootElement.GetProperty("__metadata__").GetProperty("about").GetString()!)!;
        var path = Path.GetTempFileName() + ".safetensors";
        try
        {
            File.WriteAllBytes(path, bytes);
            using var file = Checkpoint.Open(path);
            return new(about, file.Tensors.Keys
                .Where(name => file.Find(name).Type is TensorType.F32 or TensorType.F16)
                .ToDictionary(name => name, name => Array.ConvertAll(file.Read(name), value => (float)value), StringComparer.Ordinal));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
