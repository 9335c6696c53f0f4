// hnswlib under the commands of vectors.py: one line in, one line out.
// hnsw BASE QUERIES NUMBERS K: files of little-endian floats, row by row.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "hnswlib/hnswlib.h"

static std::vector<float> read(const char *path) {
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    std::vector<float> numbers(static_cast<size_t>(file.tellg()) / sizeof(float));
    file.seekg(0);
    file.read(reinterpret_cast<char *>(numbers.data()), numbers.size() * sizeof(float));
    return numbers;
}

static size_t resident() {
    std::ifstream file("/proc/self/statm");
    size_t all = 0, pages = 0;
    file >> all >> pages;
    return pages * 4096;
}

// One of a hundred, by chance but always the same.
struct Part : public hnswlib::BaseFilterFunctor {
    uint64_t percent;
    explicit Part(uint64_t percent) : percent(percent) {}
    bool operator()(hnswlib::labeltype row) override {
        return (((row * 2654435761ull) & 0xffffffffull) >> 16) % 100 < percent;
    }
};

int main(int argc, char **argv) {
    if (argc != 5) return 2;
    const auto base = read(argv[1]), queries = read(argv[2]);
    const size_t numbers = std::stoul(argv[3]), k = std::stoul(argv[4]);
    const size_t most = base.size() / numbers;
    hnswlib::InnerProductSpace space(numbers);
    std::unique_ptr<hnswlib::HierarchicalNSW<float>> index;
    for (std::string line; std::getline(std::cin, line);) {
        std::istringstream words(line);
        std::string what;
        words >> what;
        const auto start = std::chrono::steady_clock::now();
        if (what == "add") {
            size_t from = 0, until = 0;
            words >> from >> until;
            if (!index)
                index = std::make_unique<hnswlib::HierarchicalNSW<float>>(
                    &space, most, 16, 200, 100, true);
            for (size_t row = from; row < until; row++)
                index->addPoint(&base[row * numbers], row, true);
        } else if (what == "remove") {
            size_t from = 0, until = 0;
            words >> from >> until;
            for (size_t row = from; row < until; row++) index->markDelete(row);
        } else if (what == "query") {
            size_t percent = 0, ef = 0;
            std::string path;
            words >> percent >> ef >> path;
            index->setEf(ef);
            Part part(percent);
            std::vector<int32_t> found;
            for (size_t at = 0; at < queries.size(); at += numbers) {
                auto best = index->searchKnn(&queries[at], k, percent == 100 ? nullptr : &part);
                for (size_t n = best.size(); n < k; n++) found.push_back(-1);
                for (; !best.empty(); best.pop()) found.push_back(best.top().second);
            }
            std::ofstream(path, std::ios::binary)
                .write(reinterpret_cast<char *>(found.data()), found.size() * sizeof(int32_t));
        } else {
            return 2;
        }
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
        std::cout << took.count() << " " << resident() << std::endl;
    }
}
